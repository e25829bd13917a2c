#!/usr/bin/env python3
"""Checks of the tree that no compiler makes. Prints one line per complaint, exit 1 if there is any.

usage: tree.py CHECK [--tree DIR] [--bin DIR]
  clean     no path of somebody's machine, no host outside hosts.txt, no secret, no unfinished marker, nothing huge
  rooms     every room of tests/layering/rooms.txt that exists has a DESIGN.md, and every folder of tests is built
  readme    every command that README.md shows exists, with the flags it shows; needs the binaries in --bin
  controls  each check above fails on a tree with one seeded fault
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
HUGE = 1 << 20

# Written in two halves, so that this file does not complain of itself.
MARKS = [
    ("a path of somebody's machine", re.compile(r"(?<![\w.])/(?:" + "work|root|home" + r")/\w")),
    ("a private key", re.compile("-----BEGIN " + r"[A-Z ]*PRIVATE KEY-----")),
    ("a token", re.compile(r"\b(?:" + "ghp_|npm_|AKIA|xox[bp]-" + r")[A-Za-z0-9]{16,}|_auth" + "Token")),
    ("an address that a lock file resolved to", re.compile('"resol' + 'ved":')),
    ("an unfinished marker", re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")),
]
URL = re.compile(r"\b(?:https?|ftp|git|ssh)://(?:[^/\s@\"']*@)?\[?([A-Za-z0-9.-]+|[0-9a-f:]+)")


def tracked(tree):
    """What git tracks, or every file where there is no repository."""
    done = subprocess.run(["git", "-C", tree, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [name for name in done.stdout.split("\0") if name and os.path.exists(os.path.join(tree, name))]
    return [os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names]


def read(tree, name):
    with open(os.path.join(tree, name), "rb") as file:
        return file.read()


def clean(tree, _bin):
    hosts = {line.strip() for line in open(os.path.join(HERE, "hosts.txt"), encoding="utf-8") if line[0] not in "#\n"}
    for name in tracked(tree):
        content = read(tree, name)
        if len(content) > HUGE:
            yield f"{name}:1: {len(content)} bytes; generate it, or fetch it at test time"
        if b"\0" in content[:8000]:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
            for what, mark in MARKS:
                if mark.search(line):
                    yield f"{name}:{number}: {what}: {line.strip()[:80]}"
            for host in URL.findall(line):
                if host.rstrip(".") not in hosts and "." in host and not host.endswith((".example", ".test", ".invalid")):
                    yield f"{name}:{number}: names the host {host}, which tests/style/hosts.txt does not"


def rooms(tree, _bin):
    missing = set()
    named = [line.split("|")[0].strip() for line in read(tree, "tests/layering/rooms.txt").decode().split("\n")
             if "|" in line and not line.startswith("#")]
    for room in named:
        if "*" in room or room.startswith("tests") or not os.path.isdir(os.path.join(tree, room)):
            continue
        # The services of server/rpc and the nouns of client/cli share the page of the room above them.
        pages = [room] if room.count("/") < 2 or room.startswith("server/core") else [room, os.path.dirname(room)]
        if not any(os.path.exists(os.path.join(tree, page, "DESIGN.md")) for page in pages):
            missing.add(f"{pages[-1]}: has no DESIGN.md")
    yield from sorted(missing)
    built = read(tree, "tests/CMakeLists.txt").decode()
    for name in tracked(tree):
        folder = os.path.dirname(name)
        if name.startswith("tests/") and name.endswith("/CMakeLists.txt") and folder != "tests":
            inside = folder[len("tests/"):]
            parents = {inside, *(inside[:i] for i, c in enumerate(inside) if c == "/")}
            if not any(re.search(rf"(?<![\w/-]){re.escape(part)}(?![\w/-])", built) for part in parents):
                yield f"{folder}: is not in tests/CMakeLists.txt, so its tests never run"


def shown_commands(text):
    """(line number, words) of every command: fenced blocks, indented blocks, and `bash ...` or `alcove ...` in a line."""
    language, commands, joined = None, [], ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            language = None if language is not None else line[3:].strip()
            continue
        if language is None and not line.startswith("    "):
            shown = re.findall(r"`((?:bash|cmake|alcoved?) [^`]*)`", line)
            commands += [(number, re.sub(r"[\[\]|]", " ", command).split()) for command in shown]
            continue
        if language not in (None, "sh", "bash", "console"):
            continue
        line = line.strip()
        if language == "console" and not line.startswith("$ "):
            continue
        line = line[2:] if line.startswith("$ ") else line
        if line.endswith("\\"):
            joined += line[:-1]
            continue
        words = re.split(r"\s+#", joined + line)[0].split()
        joined = ""
        if words and not words[0].startswith("#"):
            commands.append((number, words))
    return commands


def readme(tree, binaries):
    presets = read(tree, "CMakePresets.json").decode()
    commands = shown_commands(read(tree, "README.md").decode())
    if not commands:
        yield "README.md:1: shows no command"
    for number, words in commands:
        words = words[1:] if words[0] == "sudo" else words
        tool = os.path.basename(words[0])
        if tool == "bash" and len(words) > 1:
            yield from missing_script(number, tree, words[1:])
        if tool == "cmake" and "--preset" in words and f'"{words[words.index("--preset") + 1]}"' not in presets:
            yield f"README.md:{number}: there is no such preset: {' '.join(words)}"
        if tool in ("alcove", "alcoved"):
            yield from missing_command(number, tool, words[1:], binaries)


def missing_script(number, tree, words):
    if not os.path.exists(os.path.join(tree, words[0])):
        yield f"README.md:{number}: {words[0]} does not exist"
        return
    script = read(tree, words[0]).decode()
    for flag in (word for word in words[1:] if word.startswith("--")):
        if flag not in script:
            yield f"README.md:{number}: {words[0]} knows no {flag}"


def shown_help(binaries, tool, path):
    return subprocess.run([os.path.join(binaries, tool), *path, "--help"], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=30)


def missing_command(number, tool, words, binaries):
    path = []
    for word in words:
        if not re.fullmatch(r"[a-z][a-z-]*", word) or len(path) == (2 if tool == "alcove" else 1):
            break
        path.append(word)
    done = shown_help(binaries, tool, path)
    # Some verbs stand one deeper: `alcove admin directory draft`.
    deeper = words[len(path)] if len(words) > len(path) else ""
    if re.search(rf"^ +{re.escape(deeper)} ", done.stdout.partition("Subcommands:")[2], re.MULTILINE) and deeper:
        path.append(deeper)
        done = shown_help(binaries, tool, path)
    if done.returncode != 0:
        yield f"README.md:{number}: {tool} {' '.join(path)} does not exist"
        return
    for flag in (word.split("=")[0] for word in words if word.startswith("--")):
        if flag not in done.stdout and flag != "--json":
            yield f"README.md:{number}: {tool} {' '.join(path)} knows no {flag}"


CHECKS = {"clean": clean, "rooms": rooms, "readme": readme}

# check: (file to write, its text, what the complaint says)
FAULTS = [
    ("clean", "a.txt", "see /wo" + "rk/main/x", "somebody's machine"),
    ("clean", "a.txt", "http" + "s://registry.somewhere.net/x", "names the host"),
    ("clean", "a.txt", "-----BEGIN EC PRIV" + "ATE KEY-----", "a private key"),
    ("clean", "package-lock.json", '"resol' + 'ved": "x"', "lock file"),
    ("clean", "a.cc", "// TO" + "DO later", "unfinished"),
    ("clean", "a.bin", "x" * (HUGE + 1), "bytes; generate it"),
    ("rooms", "crypto/x.h", "", "crypto: has no DESIGN.md"),
    ("rooms", "tests/forgotten/CMakeLists.txt", "", "its tests never run"),
    ("readme", "README.md", "```sh\nbash tests/nothing.sh\n```\n", "tests/nothing.sh does not exist"),
    ("readme", "README.md", "and\n\n    bash tests/nothing.sh   # nothing\n", "tests/nothing.sh does not exist"),
    ("readme", "README.md", "| `bash tests/nothing.sh [--x]` |", "tests/nothing.sh does not exist"),
    ("readme", "README.md", "`bash bin/alcove --runs N`", "knows no --runs"),
    ("readme", "README.md", "```sh\ncmake --preset nothing\n```\n", "no such preset"),
    ("readme", "README.md", "```console\n$ alcove no such\n```\n", "alcove no such does not exist"),
    ("readme", "README.md", "```console\n$ alcove yes sir --no-flag\n```\n", "knows no --no-flag"),
]


def controls(_tree, _bin):
    for check, name, text, said in [*FAULTS, (None, "a.txt", "see http://localhost/x and /var/lib/alcove", "")]:
        with tempfile.TemporaryDirectory() as tree:
            def put(path, content, tree=tree):
                os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
                with open(os.path.join(tree, path), "w", encoding="utf-8") as file:
                    file.write(content)
            put("tests/layering/rooms.txt", "crypto | <std>\n")
            put("tests/CMakeLists.txt", "foreach(folder crypto)")
            put("CMakePresets.json", '{"name": "dev"}')
            put("README.md", "```sh\ncmake --preset dev\n```\n```console\n$ alcove yes sir --json\n```\n")
            put("bin/alcove", '#!/bin/sh\n[ "$1" = yes ]\n')
            os.chmod(os.path.join(tree, "bin/alcove"), 0o755)
            put(name, text)
            for run in ([check] if check else list(CHECKS)):
                found = list(CHECKS[run](tree, os.path.join(tree, "bin")))
                if check and not any(said in line for line in found):
                    yield f"{check}: {name} with a fault passed: {found}"
                if not check and found:
                    yield f"{run}: a clean tree was refused: {found}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("check", choices=[*CHECKS, "controls"])
    parser.add_argument("--tree", default=os.path.join(HERE, "..", ".."))
    parser.add_argument("--bin", default="")
    given = parser.parse_args()
    found = list({**CHECKS, "controls": controls}[given.check](given.tree, given.bin))
    for line in found:
        print(line)
    print(f"style {given.check}: {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
