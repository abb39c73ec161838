#!/usr/bin/env python3
"""Runs every command of the course, in both languages, and compares what is printed with what is shown.

    python3 Tests/Course/course.py .build/release/convfilter [--write] [--slow] [en|es]

Commands stand in blocks of the chapters:

    ```console                  what is printed is what is shown; … stands for anything
    ```console approximately    numbers may differ: those of a training depend on the processor
    ```console slow             data sets are downloaded, minutes pass: only with --slow

A chapter goes on in the folder of the one before. Pictures that a chapter shows are made by its commands,
and equal to those in docs/course/pictures. --write puts into the chapters what is printed, and the
pictures into their folder."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
COURSE = TREE / "docs" / "course"
PICTURES = COURSE / "pictures"
BLOCK = re.compile(r"(?m)^```console([^\n]*)\n(.*?)^```$", re.S)


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


def shown_text(text):
    """What is printed, without what depends on the hour and the version."""
    text = re.sub(r"\d+\.\d+ s$", "… s", text, flags=re.M)
    text = re.sub(r"(pictures?), \d[\d.]* (?:k|M)?B$", r"\1, …", text, flags=re.M)
    return re.sub(r"\d[\d.]* (?:k|M)?B, opens", "…, opens", text)


class Course:
    def __init__(self, program, folder, write, slow):
        self.folder, self.write, self.slow = pathlib.Path(folder), write, slow
        self.environment = dict(os.environ, PATH=f"{pathlib.Path(program).resolve().parent}:{os.environ['PATH']}",
                                TERM="dumb", COLUMNS="80", LC_ALL="C.UTF-8")
        self.failures = []
        for picture in (TREE / "SampleImages").glob("*.*g"):
            shutil.copy(picture, self.folder)

    def say(self, chapter, text):
        self.failures.append(text)
        print(f"{chapter.parent.name}/{chapter.name}: {text}\n", flush=True)

    def run(self, command):
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=3000)
        return done.stdout, done.returncode

    def block(self, chapter, kind, text):
        if kind == "slow" and not self.slow:
            return text
        made = []
        for command, expected in commands(text):
            printed, status = self.run(command)
            made += ["$ " + command.replace("\n", "\n> ")] + shown_text(printed).splitlines()
            if status and not any("error" in line for line in expected):
                self.say(chapter, f"$ {command}\nends with {status}:\n{printed}")
            if self.write:
                continue
            if kind in ("approximately", "slow"):
                same = without_numbers(printed) == without_numbers("\n".join(expected)) or \
                    pattern(expected).match(printed)
            else:
                same = pattern(expected).match(printed)
            if not same:
                self.say(chapter, f"$ {command}\nprints\n{printed}\nand not\n" + "\n".join(expected))
        return "\n".join(made) + "\n"

    def chapter(self, chapter):
        text = chapter.read_text()
        written = BLOCK.sub(
            lambda m: f"```console{m[1]}\n{self.block(chapter, m[1].strip(), m[2])}```", text)
        if self.write and written != text:
            chapter.write_text(written)
        for name in re.findall(r"\.\./pictures/([\w.-]+)", text):
            self.picture(chapter, name)

    def picture(self, chapter, name):
        made, kept = self.folder / name, PICTURES / name
        if not made.exists():
            return self.say(chapter, f"shows {name}, which no command makes")
        if self.write:
            return shutil.copy(made, kept)
        if not kept.exists():
            return self.say(chapter, f"shows {name}, which is missing")
        printed, status = self.run(f"convfilter diff '{made}' '{kept}' --fail-above 0")
        if status:
            self.say(chapter, f"{name} is not what the commands make:\n{printed}")


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("program")
    reader.add_argument("languages", nargs="*", default=["en", "es"])
    reader.add_argument("--write", action="store_true")
    reader.add_argument("--slow", action="store_true")
    words = reader.parse_args()
    failures, count = [], 0
    told = {}
    for language in words.languages:
        chapters = sorted((COURSE / language).glob("[0-9]*.md"))
        told[language] = [[c for _, b in BLOCK.findall(chapter.read_text()) for c, _ in commands(b)]
                          for chapter in chapters]
        # The commands are the same in all languages: they are run once.
        if told[language] == told[words.languages[0]] and language != words.languages[0]:
            first = sorted((COURSE / words.languages[0]).glob("[0-9]*.md"))
            for one, other in zip(first, chapters):
                if words.write:
                    blocks = iter(BLOCK.finditer(one.read_text()))
                    other.write_text(BLOCK.sub(lambda _: next(blocks)[0], other.read_text()))
                elif BLOCK.findall(one.read_text()) != BLOCK.findall(other.read_text()):
                    failures.append(f"{other} shows other results than {one}")
                    print(failures[-1])
            continue
        with tempfile.TemporaryDirectory() as folder:
            course = Course(words.program, folder, words.write, words.slow)
            for chapter in chapters:
                course.chapter(chapter)
                count += 1
            failures += course.failures
    print(f"{count} chapters run, {len(failures)} commands that do not print what is shown")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
