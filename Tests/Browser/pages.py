#!/usr/bin/env python3
"""Opens the program's pages in a real browser, and looks: nothing is fetched, nothing complains, pointer
and keys work, numbers on the page are those of the command, nothing scrolls sideways on a phone, and
names with markup in them run nothing.

    python3 Tests/Browser/pages.py .build/release/convfilter [--screenshots FOLDER] [NAME ...]

Needs Chromium and its driver; says so and ends well where they are missing."""

import argparse
import os
import pathlib
import sys
import tempfile
import traceback

import filters
import models
import reports
import webdriver
import works
from bench import Bench

CHECKS = [reports.reports, reports.watched, models.model_values, models.model_pointing, filters.filter_equals_command,
          filters.filter_edits, filters.filter_picks, filters.filter_unsharp, filters.filter_pointing,
          works.filter_works, works.filter_parts, works.filter_work_looks, reports.hostile_names]


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("program")
    reader.add_argument("names", nargs="*")
    reader.add_argument("--screenshots", type=pathlib.Path)
    words = reader.parse_args()
    found = webdriver.find()
    if not found:
        print("no Chromium with its driver here: the pages are not looked at", file=sys.stderr)
        return 0
    if words.screenshots:
        words.screenshots.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, webdriver.Browser(*found) as browser:
        bench = Bench(os.path.abspath(words.program), browser, folder, words.screenshots)
        for check in CHECKS:
            if words.names and check.__name__ not in words.names:
                continue
            try:
                said = check(bench)
                print(f"{check.__name__}: well{f' ({said})' if said else ''}", flush=True)
            except Exception:
                failed += 1
                print(f"{check.__name__}: FAILED\n{traceback.format_exc()}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
