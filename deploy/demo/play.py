#!/usr/bin/env python3
"""Plays a transcript: runs each command as a person would and compares what it prints.

One runner serves the demo (deploy/demo.sh) and the end-to-end tests, so that what is shown is what is tested.

A transcript is text, read line by line:

    # words             narration, printed as it is
    @as NAME            the commands that follow run in this person's own folder, `people/NAME`
    @stdin WORD...      the words the next command finds on its standard input, one line each
    $ command           run by bash; `\\` at the end continues the line
    ? N                 the exit code the command must have (0 unless said)
    text                a line the command must print
    ...                 any number of lines, none included
    @keep NAME FILE     remembers the first line of a file of the current person
    @include FILE       plays another transcript of the same folder here
    @who REPORT HOLDER[+HOLDER...] [NAME=why ...]
                        after the last command, everybody of the cast tries to open the report `{{REPORT}}`: only a HOLDER may,
                        and for all others it must be as if it did not exist. A reason other than the role's is given
                        as NAME=words_with_underscores

Within an expected line `...` stands for any characters, and `{{name}}` for one word that is remembered at its first
appearance and must be the same later. In commands `{{name}}` is replaced by what was remembered.

Exit status: 0 when everything was as written, 1 otherwise. The play goes on after a deviation unless --stop is given.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time

BOLD, DIM, RED, GREEN, PLAIN = ("\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[0m") if sys.stdout.isatty() else ("",) * 5


# Why a person of this role cannot open a report that is not theirs.
REASONS = {
    "investigator": "holds a key that the server keeps back until the case is assigned to them, or none",
    "administrator": "runs the service; nothing is ever sealed to them",
    "custodian": "holds a share of a confidential identity, never of a report",
    "protection_officer": "is never on a case team; nothing is sealed to them",
    "auditor": "sees that the ledger is whole, and no case",
    "escalation": "holds a key that is released only when a deadline passes unanswered",
    "fallback": "holds a key that is released only when nobody else is left",
    "approver": "decides about what others ask for, and reads no case",
    "counsel": "reads what two people let her read, until the last day they named",
    "service_directory": "tells the service who works here, asks before anything is done against somebody, hands out tokens that name nobody",
}


def role_of(entry):
    """The first role of a person of the roster; whoever has none is counsel from outside."""
    return (entry["roles"] or ["counsel"])[0]


class Deviation(Exception):
    """What was printed is not what the transcript says."""


class Play:
    def __init__(self, folder, quiet, timeout):
        self.folder = folder
        self.quiet = quiet
        self.timeout = timeout
        self.words = {}
        self.person = "stage"
        self.checks = []
        self.deviations = 0
        self.commands = 0

    def say(self, text):
        if not self.quiet:
            print(text, flush=True)

    def home(self, person=None):
        path = os.path.join(self.folder, "people", person or self.person)
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def fill(self, text):
        def word(match):
            if match.group(1) not in self.words:
                raise Deviation(f"the transcript uses {{{{{match.group(1)}}}}} before any line gave it")
            return self.words[match.group(1)]
        return re.sub(r"\{\{(\w+)\}\}", word, text)

    def run(self, command, stdin="", person=None):
        self.commands += 1
        environment = dict(os.environ, HOME=self.home(person), STAGE=self.folder)
        return subprocess.run(["bash", "-c", self.fill(command)], cwd=self.home(person), env=environment, text=True,
                              input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=self.timeout, errors="replace")

    def matches(self, expected, line):
        """Whether a printed line is the expected one; remembers the words it names."""
        pattern, names = "", []
        for piece in re.split(r"(\.\.\.|\{\{\w+\}\})", expected):
            if piece == "...":
                pattern += ".*"
            elif piece.startswith("{{"):
                name = piece[2:-2]
                if name in self.words:
                    pattern += re.escape(self.words[name])
                elif name in names:
                    pattern += f"(?P={name})"
                else:
                    names.append(name)
                    pattern += f"(?P<{name}>\\S+)"
            else:
                pattern += re.escape(piece)
        found = re.fullmatch(pattern, line.rstrip())
        if not found:
            return False
        self.words.update(found.groupdict())
        return True

    def compare(self, expected, printed):
        """Lines in order; a line `...` skips any number."""
        skipping, position = False, 0
        for line in expected:
            if line.strip() == "...":
                skipping = True
                continue
            start = position
            while position < len(printed) and not self.matches(line, printed[position]):
                if not skipping:
                    raise Deviation(f"expected: {line}\nprinted:  {printed[position]}")
                position += 1
            if position == len(printed):
                raise Deviation(f"expected: {line}\nprinted:  (nothing more after line {start})")
            position += 1
            skipping = False
        if not skipping and position < len(printed):
            raise Deviation(f"expected: (the end)\nprinted:  {printed[position]}")

    def step(self, command, code, expected, stdin):
        self.say(f"{BOLD}{self.person}$ {self.fill(command)}{PLAIN}")
        try:
            done = self.run(command, stdin)
        except subprocess.TimeoutExpired:
            raise Deviation(f"no answer within {self.timeout} s")
        printed = done.stdout.splitlines()
        for line in printed:
            self.say(f"  {line}")
        if done.returncode != code:
            raise Deviation(f"exit {done.returncode}, expected {code}" + ("" if not self.quiet else "\n" + done.stdout))
        self.compare(expected, printed)

    def table(self):
        """Who could read what, and why not: tried now, by everybody, on the running server."""
        if not self.checks:
            return
        roster = os.path.join(os.environ["ALCOVE_DEMO"], "roster.json")
        with open(roster, encoding="utf-8") as file:
            people = json.load(file)["people"]
        heads, reasons, rows = ["person", "role"], [], []
        for report, _, _ in self.checks:
            heads.append(report)
        for entry in people:
            person, role = entry["person"], role_of(entry)
            row = [person, role.replace("_", " ")]
            for report, holder, special in self.checks:
                done = self.run("alcove case show " + self.words[report], person=person)
                # A service account is no person: it may not even ask.
                refused = 1 if role.startswith("service_") else 5
                wanted = 0 if person in holder.split("+") else refused
                row.append({0: "reads", refused: "-"}.get(done.returncode, f"exit {done.returncode}"))
                if done.returncode != wanted:
                    self.deviations += 1
                    row[-1] = "WRONG: " + row[-1]
                if person in special:
                    reasons.append(f"{person}, {report}: {special[person]}")
            rows.append(row)
        widths = [max(len(row[i]) for row in rows + [heads]) for i in range(len(heads))]
        print("\nWho could read what")
        for row in [heads, ["-" * width for width in widths]] + rows:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print("\nWhy not, where there is a `-`: the same answer as for a report that never was")
        for role, reason in REASONS.items():
            if any(role_of(entry) == role for entry in people):
                print(f"  {role.replace('_', ' ')}: {reason}")
        for reason in reasons:
            print(f"  {reason}")


def blocks(path):
    """Yields (line number, kind, content) of a transcript."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    i = 0
    while i < len(lines):
        line = lines[i]
        number = i + 1
        i += 1
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command = command[:-1] + lines[i].strip()
                i += 1
            code, expected = 0, []
            if i < len(lines) and lines[i].startswith("? "):
                code = int(lines[i][2:])
                i += 1
            while i < len(lines) and lines[i] and not lines[i].startswith(("$ ", "# ", "@")):
                expected.append(lines[i])
                i += 1
            yield number, "command", (command, code, expected)
        elif line.startswith("@include "):
            yield from blocks(os.path.join(os.path.dirname(path), line.split()[1]))
        elif line.startswith("@"):
            yield number, "directive", line[1:].split()
        elif line.startswith("#"):
            yield number, "words", line[1:].strip()
        elif line.strip():
            raise SystemExit(f"{path}:{number}: neither command, directive nor narration: {line}")


def main():
    parser = argparse.ArgumentParser(description="Plays a transcript and compares.")
    parser.add_argument("transcript")
    parser.add_argument("--stage", required=True, help="folder that holds people/ and whatever the commands make")
    parser.add_argument("--quiet", action="store_true", help="print deviations and the table only")
    parser.add_argument("--stop", action="store_true", help="end at the first deviation")
    parser.add_argument("--timeout", type=float, default=120, help="seconds one command may take")
    options = parser.parse_args()
    play = Play(os.path.abspath(options.stage), options.quiet, options.timeout)
    stdin, started = "", time.monotonic()
    for number, kind, content in blocks(options.transcript):
        try:
            if kind == "words":
                play.say(f"\n{DIM}{content}{PLAIN}" if content else "")
            elif kind == "directive" and content[0] == "as":
                play.person = play.fill(content[1])
            elif kind == "directive" and content[0] == "stdin":
                stdin = "".join(play.fill(word) + "\n" for word in content[1:])
            elif kind == "directive" and content[0] == "keep":
                with open(os.path.join(play.home(), content[2]), encoding="utf-8") as file:
                    play.words[content[1]] = file.readline().strip()
            elif kind == "directive" and content[0] == "who":
                special = dict(word.split("=", 1) for word in content[3:])
                special = {name: words.replace("_", " ") for name, words in special.items()}
                play.checks.append((content[1], play.fill(content[2]), special))
            elif kind == "command":
                play.step(*content, stdin)
                stdin = ""
            else:
                raise SystemExit(f"{options.transcript}:{number}: unknown directive {content[0]}")
        except Deviation as deviation:
            stdin = ""
            play.deviations += 1
            print(f"{RED}DEVIATION at {os.path.basename(options.transcript)}:{number}{PLAIN}\n{deviation}", flush=True)
            if options.stop:
                return 1
    play.table()
    colour = GREEN if play.deviations == 0 else RED
    print(f"\n{colour}{play.commands} commands, {play.deviations} deviations, {time.monotonic() - started:.0f} s{PLAIN}")
    return 1 if play.deviations else 0


if __name__ == "__main__":
    sys.exit(main())
