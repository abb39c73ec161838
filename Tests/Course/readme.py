#!/usr/bin/env python3
"""Runs every command of the README as it would be pasted, and compares what is printed and drawn with
what is shown there.

    python3 Tests/Course/readme.py .build/release/convfilter [--write] [--slow]

What counts as a command:

- each line of an indented block: it ends well, and what it names below /tmp is there then;
- ```console blocks: as in the course (commands.py), what is printed is what is shown;
- `convfilter …` within a text, but for words in CAPITALS, which stand for something;
- the heads `-k …` of a table: the picture below each is what they make of that at the left;
- `make …`: its targets are there.

Commands run in a copy of the folders that they name, with /tmp for it alone. A block is left out where
the line before it says so,

    <!-- not run: WHY -->       a download, minutes, other programs; --slow runs it all the same
    <!-- not run, but: … -->    the command that makes, in its place, what the next ones need

and folders of one's own pictures are made up (`made_up`)."""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from commands import BLOCK, TREE, Shell, commands, is_shown, shown_text

README = TREE / "README.md"
NOT_RUN = re.compile(r"^<!-- not run(?:, but)?: (.+) -->$")
INLINE = re.compile(r"`((?:convfilter|make) [^`]+)`")
# What a reader would fill in, as in `convfilter train DATASET`.
PLACEHOLDER = re.compile(r"(?<![\w$-])[A-Z]{3,}(?![\w=-])")


def made_up(folder, shell):
    """One's own pictures: some of either class, and a holiday's."""
    samples = {"cat": "chelsea.png", "dog": "coffee.png"}
    for name, sample in samples.items():
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(8):
            shell.run(f"convfilter apply -q -k crop:96x96+{60 + 11 * number}+{40 + 7 * number} "
                      f"SampleImages/{sample} pictures/{name}/{number}.png")
    (folder / "holiday").mkdir()
    for number, name in enumerate(samples):
        shutil.copy(folder / "pictures" / name / "3.png", folder / "holiday" / f"{number}.png")


def parts(text):
    """The README cut into (kind, line number, text): `indented`, `console`, `table`, `text`, with what is
    said of a block before it."""
    found, lines, index, note = [], text.splitlines(), 0, None
    while index < len(lines):
        start, line = index, lines[index]
        said = NOT_RUN.match(line)
        if said:
            note, index = (line, said[1]), index + 1
            continue
        if not line.strip():
            index += 1
            continue
        if line.startswith("```"):
            index += 1
            while lines[index] != "```":
                index += 1
            index += 1
            kind = "console" if line.startswith("```console") else "block"
        elif line.startswith("    "):
            while index < len(lines) and (lines[index].startswith("    ")):
                index += 1
            kind = "indented"
        elif line.startswith("|"):
            while index < len(lines) and lines[index].startswith("|"):
                index += 1
            kind = "table"
        else:
            while index < len(lines) and lines[index].strip() and not lines[index].startswith(("```", "|", "<!--")):
                index += 1
            index, kind = max(index, start + 1), "text"
        found.append((kind, start + 1, "\n".join(lines[start:index]), note))
        note = None
    return found


class Readme:
    def __init__(self, program, folder, words):
        self.folder, self.words = pathlib.Path(folder), words
        self.shell = Shell(program, folder)
        self.tmp = self.folder / "tmp"
        self.failures, self.count, self.left_out = [], 0, 0
        self.tmp.mkdir()
        # What is fetched or remembered belongs to this run.
        self.shell.environment["HOME"] = str(self.folder / "home")
        for name in ["SampleImages", "Kernels", "docs"]:
            shutil.copytree(TREE / name, self.folder / name)
        made_up(self.folder, self.shell)

    def say(self, line, text):
        self.failures.append(text)
        print(f"README.md:{line}: {text}\n", flush=True)

    def run(self, command):
        return self.shell.run(command.replace("/tmp/", f"{self.tmp}/"))

    def command(self, line, command):
        """Runs a command that shows nothing; it ends well, and makes the files that it names."""
        self.count += 1
        if command.startswith("make "):
            # Not run: `make` runs this.
            done = subprocess.run(["bash", "-c", command.replace("make ", "make -n ", 1)], cwd=TREE,
                                  capture_output=True, text=True)
            if done.returncode:
                self.say(line, f"$ {command}\n{done.stderr}")
            return
        printed, status = self.run(command)
        if status:
            return self.say(line, f"$ {command}\nends with {status}:\n{printed}")
        if "--explain" in command:
            return None
        for name in re.findall(r"/tmp/[\w./-]+", command.split("#")[0]):
            if not (self.tmp / name.removeprefix("/tmp/")).exists():
                self.say(line, f"$ {command}\nmakes no {name}:\n{printed}")

    def console(self, line, text):
        """Runs a block that shows what is printed; gives it back as it is printed now."""
        kind, body = BLOCK.match(text).groups()
        made = []
        for command, expected in commands(body):
            self.count += 1
            printed, status = self.run(command)
            made += ["$ " + command] + shown_text(printed).splitlines()
            if status or not is_shown(kind.strip(), printed, expected):
                self.say(line, f"$ {command}\nends with {status}, and prints\n{printed}\nand not\n"
                         + "\n".join(expected))
        return f"```console{kind}\n" + "\n".join(made) + "\n```"

    def table(self, line, text):
        """Pictures below heads `-k …` are what these make of the first picture."""
        head, _, *rows = ([cell.strip() for cell in row.strip("| ").split(" | ")] for row in text.splitlines())
        for column, name in enumerate(head):
            if not name.startswith("`-k "):
                continue
            self.count += 1
            source, shown = (re.search(r"\((\S+)\)", rows[0][place])[1] for place in (0, column))
            made = self.tmp / "table.png"
            printed, status = self.shell.run(f"convfilter apply -f {name.strip('`')} {source} {made}")
            if status:
                self.say(line, f"{name} ends with {status}:\n{printed}")
            elif self.words.write:
                shutil.copy(made, TREE / shown)
            elif self.shell.difference(made, TREE / shown):
                self.say(line, f"{shown} is not what {name} makes of {source}")

    def check(self):
        text = README.read_text()
        for kind, line, part, note in parts(text):
            if note and not self.words.slow:
                self.left_out += 1
                if ", but: " in note[0]:
                    self.command(line, note[1])
                continue
            if kind == "indented":
                for index, command in enumerate(part.splitlines()):
                    self.command(line + index, command.strip())
            elif kind == "console":
                made = self.console(line, part)
                if self.words.write and "\n…\n" not in part:
                    text = text.replace(part, made)
            elif kind == "table":
                self.table(line, part)
            if kind in ("text", "table"):
                for command in INLINE.findall(part):
                    if not PLACEHOLDER.search(command):
                        self.command(line, command)
        if self.words.write:
            README.write_text(text)
        for name in re.findall(r"\]\(([^)#:]+)\)", text):
            if not (TREE / name).exists():
                self.say(1, f"points at {name}, which is not there")


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("program")
    reader.add_argument("--write", action="store_true")
    reader.add_argument("--slow", action="store_true")
    words = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        readme = Readme(words.program, folder, words)
        readme.check()
    print(f"README.md: {readme.count} commands run, {readme.left_out} blocks left out, "
          f"{len(readme.failures)} failures")
    return 1 if readme.failures else 0


if __name__ == "__main__":
    sys.exit(main())
