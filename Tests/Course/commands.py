"""Commands that stand in texts, and whether what they print is what is shown there.

    ```console                  what is printed is what is shown; … stands for anything
    ```console approximately    numbers may differ: those of a training depend on the processor
    ```console slow             data sets are downloaded, minutes pass: only with --slow"""

import os
import pathlib
import re
import subprocess

TREE = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?m)^```console([^\n]*)\n(.*?)^```$", re.S)
# By how much a share of right answers may differ, in per cent.
NEAR = 3


def commands(block):
    """The commands of a block, each with the lines that follow it."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and line.startswith("> ") and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        elif found:
            found[-1][1].append(line)
    return found


def pattern(lines):
    """What is shown, as an expression: a line … is any lines, within a line it is any text."""
    parts = []
    for line in lines:
        parts.append("(?:.*\n)*?" if line == "…" else
                     ".*?".join(map(re.escape, line.split("…"))) + "\n")
    return re.compile("".join(parts) + r"\Z")


def without_numbers(text):
    """Words without numbers, bars and the blanks that line them up."""
    text = re.sub(r"[▁▂▃▄▅▆▇█]+", "", text)
    text = re.sub(r"[−-]?\d[\d,.]*(?:e[-+]?\d+)?", "0", text)
    return [re.sub(r"[ ─]+", " ", line).strip() for line in text.splitlines()]


def shares(text):
    """The lines that tell a share of right answers: their words, and the shares in them."""
    return [(without_numbers(line), [float(n) for n in re.findall(r"(\d+(?:\.\d+)?) %", line)])
            for line in text.splitlines() if line.startswith(("train: ", "test: "))]


def is_near(printed, expected):
    """Whether the words are those that are shown, and the shares of right answers about so."""
    shown = "\n".join(expected)
    words = without_numbers(printed)
    if words != without_numbers(shown) \
            and not pattern(without_numbers(shown)).match("\n".join(words) + "\n"):
        return False
    made = shares(printed)
    return all(any(w == words and all(abs(a - b) <= NEAR for a, b in zip(own, wanted))
                   for w, own in made) for words, wanted in shares(shown))


def is_shown(kind, printed, expected):
    """Whether what is printed is what is shown."""
    if kind in ("approximately", "slow"):
        return is_near(printed, expected)
    return bool(pattern(expected).match(printed))


def shown_text(text):
    """What is printed, without what depends on the hour and the version."""
    text = re.sub(r"\d+\.\d+ s$", "… s", text, flags=re.M)
    text = re.sub(r"(pictures?), \d[\d.]* (?:k|M)?B$", r"\1, …", text, flags=re.M)
    return re.sub(r"\d[\d.]* (?:k|M)?B, opens", "…, opens", text)


class Shell:
    """Runs commands in a folder, with the program first in the path."""

    def __init__(self, program, folder):
        self.folder = pathlib.Path(folder)
        self.environment = dict(
            os.environ, PATH=f"{pathlib.Path(program).resolve().parent}:{os.environ['PATH']}",
            TERM="dumb", COLUMNS="80", LC_ALL="C.UTF-8")

    def run(self, command):
        """What is printed on either stream, and the status."""
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=3000)
        return done.stdout, done.returncode

    def difference(self, one, other):
        """Empty where two pictures are the same, else in what they differ."""
        printed, status = self.run(f"convfilter diff '{one}' '{other}' --fail-above 0")
        return printed if status else ""
