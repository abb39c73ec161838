#!/usr/bin/env python3
"""Runs every command of the course, in both languages, and compares what is printed with what is shown.

    python3 Tests/Course/course.py .build/release/convfilter [--write] [--slow] [en|es]

Commands stand in blocks of the chapters (commands.py). A chapter goes on in the folder of the one before.
Pictures that a chapter shows are made by its commands, and equal to those in docs/course/pictures.
--write puts into the chapters what is printed, and the pictures into their folder."""

import argparse
import re
import shutil
import sys
import tempfile

from commands import BLOCK, TREE, Shell, commands, is_shown, shown_text

COURSE = TREE / "docs" / "course"
PICTURES = COURSE / "pictures"


class Course:
    def __init__(self, program, folder, write, slow):
        self.shell, self.write, self.slow = Shell(program, folder), write, slow
        self.failures = []
        for picture in (TREE / "SampleImages").glob("*.*g"):
            shutil.copy(picture, folder)

    def say(self, chapter, text):
        self.failures.append(text)
        print(f"{chapter.parent.name}/{chapter.name}: {text}\n", flush=True)

    def block(self, chapter, kind, text):
        if kind == "slow" and not self.slow:
            return text
        made = []
        for command, expected in commands(text):
            printed, status = self.shell.run(command)
            made += ["$ " + command.replace("\n", "\n> ")] + shown_text(printed).splitlines()
            if status and not any("error" in line for line in expected):
                self.say(chapter, f"$ {command}\nends with {status}:\n{printed}")
            if not self.write and not is_shown(kind, printed, expected):
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
        made, kept = self.shell.folder / name, PICTURES / name
        if not made.exists():
            return self.say(chapter, f"shows {name}, which no command makes")
        if self.write:
            return shutil.copy(made, kept)
        if not kept.exists():
            return self.say(chapter, f"shows {name}, which is missing")
        difference = self.shell.difference(made, kept)
        if difference:
            self.say(chapter, f"{name} is not what the commands make:\n{difference}")


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
