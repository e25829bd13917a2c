"""The runner of transcripts: what agrees passes, and every kind of deviation is found. Usage: play_test.py SOURCE_DIR"""
import os
import subprocess
import sys
import tempfile

PLAY = os.path.join(sys.argv[1], "deploy", "demo", "play.py")

AGREES = """# words
@as ana
$ echo case abc; echo more; echo end
case {{case}}
...
end
$ echo {{case}}; exit 3
? 3
abc
"""
DEVIATES = {
    "another line": "$ echo one\ntwo\n",
    "a line missing": "$ echo one\none\ntwo\n",
    "a line too many": "$ echo one; echo two\none\n",
    "another exit code": "$ echo one; exit 1\none\n",
    "an exit code that was expected": "$ echo one\n? 5\none\n",
    "a word that changed": "$ echo a\n{{w}}\n$ echo b\n{{w}}\n",
    "a word never given": "$ echo {{nothing}}\n",
    "a command without an end": "$ sleep 60\n",
}


def play(text):
    with tempfile.TemporaryDirectory() as stage:
        transcript = os.path.join(stage, "act.txt")
        with open(transcript, "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([sys.executable, PLAY, transcript, "--stage", stage, "--quiet", "--timeout", "2"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


failures = []
done = play(AGREES)
if done.returncode != 0:
    failures.append("what agrees was refused:\n" + done.stdout)
for name, text in DEVIATES.items():
    done = play(text)
    if done.returncode != 1:
        failures.append(f"{name} was not found (exit {done.returncode}):\n{done.stdout}")
print("\n".join(failures) or f"{len(DEVIATES)} deviations found, 1 agreement passed")
sys.exit(1 if failures else 0)
