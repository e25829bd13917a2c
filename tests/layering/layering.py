#!/usr/bin/env python3
"""Fails on every include and every word that rooms.txt does not allow.

usage: layering.py [--rooms FILE] [TREE]
Prints one line per violation: file:line: what stands there, and which row it breaks. Exit 1 if there is any.
"""
import argparse
import fnmatch
import os
import re
import sys

CODE = (".h", ".hpp", ".cc", ".cpp", ".inc")
TOPS = ("crypto", "server", "client", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Table:
    """rooms.txt, parsed. `complaints` holds what is wrong with the table itself."""

    def __init__(self, path):
        self.classes, self.rows, self.words, self.complaints = {}, {}, [], []
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            line = line.split(" #")[0].strip() if not line.startswith("#") else ""
            if not line:
                continue
            if line.startswith("class "):
                name, headers = line[len("class "):].split("=", 1)
                self.classes[name.strip()] = headers.split()
            elif line.startswith("nowhere "):
                pattern, rooms = line[len("nowhere "):].rsplit(" in ", 1)
                self.words.append((re.compile(pattern), rooms.split()))
            elif "|" in line:
                self._row(path, number, line)
            else:
                self.complaints.append(f"{path}:{number}: neither class, row nor nowhere: {line}")

    def _row(self, path, number, line):
        room, allowed = (part.strip() for part in line.split("|", 1))
        words = allowed.split()
        minus = words[words.index("but") + 1:] if "but" in words else []
        plus = words[:words.index("but")] if "but" in words else words
        if room in self.rows:
            self.complaints.append(f"{path}:{number}: {room} has two rows")
        for name in plus + minus:
            if name not in self.classes and name not in self.rows and name != "any":
                self.complaints.append(f"{path}:{number}: {room} names {name}, which is neither a class nor a room above it")
        everything = set(self.classes) | set(self.rows)
        self.rows[room] = (everything if "any" in plus else set(plus)) - set(minus)

    def room_of(self, path):
        """The longest row that holds the file, or None."""
        best = None
        for room in self.rows:
            holds = fnmatch.fnmatch(path, room) if "*" in room else path.startswith(room + "/")
            if holds and (best is None or len(room) > len(best)):
                best = room
        return best

    def class_of(self, header):
        """The class whose pattern is the longest match, or None."""
        best, length = None, -1
        for name, patterns in self.classes.items():
            for pattern in patterns:
                if fnmatch.fnmatchcase(header, pattern) and len(pattern) > length:
                    best, length = name, len(pattern)
        return best


def without_comments(text):
    """The code with comments blanked and line numbers kept. Strings stay."""
    blank = lambda match: match.group(0) if match.group(0)[0] == '"' else re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', blank, text, flags=re.S)


def violations(tree, table):
    for top in TOPS:
        for folder, folders, names in os.walk(os.path.join(tree, top)):
            folders[:] = sorted(f for f in folders if f not in ("node_modules", "build"))
            for name in sorted(names):
                if name.endswith(CODE):
                    path = os.path.relpath(os.path.join(folder, name), tree)
                    yield from violations_of(path, open(os.path.join(tree, path), encoding="utf-8").read(), table)


def violations_of(path, text, table):
    room = table.room_of(path)
    if room is None:
        yield f"{path}:1: belongs to no room of the table"
        return
    for number, line in enumerate(without_comments(text).split("\n"), 1):
        found = INCLUDE.match(line)
        if found:
            header = found.group(2)
            name = table.class_of(header) or table.room_of(header)
            if name is None:
                why = "is written from the top of the tree, or is of no class" if found.group(1) == '"' else "is of no class"
                yield f"{path}:{number}: {header} {why}"
            elif name != room and name not in table.rows[room]:
                yield f"{path}:{number}: {room} may not include {name} ({header})"
        for pattern, rooms in table.words:
            if any(path.startswith(place + "/") for place in rooms) and pattern.search(line):
                yield f"{path}:{number}: {pattern.pattern} must not stand here"


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rooms", default=os.path.join(here, "rooms.txt"))
    parser.add_argument("tree", nargs="?", default=os.path.join(here, "..", ".."))
    given = parser.parse_args()
    table = Table(given.rooms)
    found = table.complaints + list(violations(given.tree, table))
    for line in found:
        print(line)
    print(f"layering: {len(table.rows)} rows, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
