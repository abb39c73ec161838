#!/usr/bin/env python3
"""Torments the program and looks whether it keeps its promises (SECURITY.md).

    python3 Tests/Torture/torture.py PROGRAM [--kills 1000] [--seed 1] [--only WORD] [--data FOLDER]

Kills and signals hit `apply`, `train` and `dataset fetch` at any moment. After each nothing is partial,
nothing of others is touched, the next run cleans up, and what is resumed ends as if nothing had been.
Then the program is left without room, memory, files and rights, and beside another writer. A table says
what was done and what failed; the status is 1 where anything did. Needs Python alone; a few ordeals
need root or /dev/full, and are skipped with a word. --data names a folder with the files of Fashion-MNIST
as published; else what is fetched are others, which must be refused.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time

import pictures
import scarcity
import training
from ground import Fault, Program, Table


def strike_all(table, name, kills, signals, make):
    """A row of kills, and a row of each other signal."""
    row = table.row(f"{name}, kill -9")
    begin = time.monotonic()
    try:
        ordeal = make()
    except Fault as fault:
        def failed():
            raise fault
        return row.attempt(failed)
    for _ in range(kills):
        row.attempt(lambda: ordeal.strike(signal.SIGKILL))
    for word in ("SIGINT", "SIGTERM", "SIGHUP"):
        other = table.row(f"{name}, {word}")
        for _ in range(signals):
            other.attempt(lambda: ordeal.strike(pictures.BLOWS[word]))
    if hasattr(ordeal, "stop"):
        ordeal.stop()
    print(f"{name}: {time.monotonic() - begin:.0f} s", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="ordeals whose name holds this word")
    parser.add_argument("--data", help="a folder with the files of Fashion-MNIST as published")
    options = parser.parse_args()
    random.seed(options.seed)
    # Python ignores two signals that a shell leaves alone; children inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    parent = tempfile.mkdtemp(prefix="convfilter-torture-")
    program = Program(options.program, parent)
    table = Table()
    source = training.FetchOrdeal.source(options.data)
    listed = pictures.ordeals(program, parent)
    listed.append(("train and resume", 6, lambda: training.TrainingOrdeal(program, parent)))
    listed.append(("fetch" if source else "fetch, files that are refused", 3,
                   lambda: training.FetchOrdeal(program, parent, source)))
    chosen = [ordeal for ordeal in listed if options.only in ordeal[0]]
    shares = sum(share for _, share, _ in chosen)
    try:
        for name, share, make in chosen:
            kills = max(1, round(options.kills * share / shares))
            strike_all(table, name, kills, max(1, kills // 10), make)
        if options.only in "scarcity":
            scarcity.run(program, parent, table, max(3, options.kills // 25))
    finally:
        shutil.rmtree(parent, ignore_errors=True)
    table.print()
    print(f"\n{table.faults} faults" if table.faults else "\nno fault")
    sys.exit(1 if table.faults else 0)


if __name__ == "__main__":
    main()
