"""The smallest PNG beside oxipng: bytes, and user time of one thread.

    python3 Tests/Proofs/smallest.py CONVFILTER [PICTURE.png ...]

Writes each picture (the samples, and the drawings of docs/images) at level 9 without changing it, start of the
program included, and has `oxipng -o 4` do the same with what is in memory already. Needs pyoxipng
(pip install pyoxipng).
"""

import glob
import os
import resource
import subprocess
import sys
import tempfile

os.environ["RAYON_NUM_THREADS"] = "1"
TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def seconds(who):
    return resource.getrusage(who).ru_utime


def main():
    import oxipng
    program, *names = sys.argv[1:]
    names = names or sorted(
        name for folder in ("SampleImages", "docs/images") for name in glob.glob(f"{TREE}/{folder}/*.png"))
    theirs = ours = 0.0
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            with open(name, "rb") as file:
                data = file.read()
            before = seconds(resource.RUSAGE_SELF)
            wanted = len(oxipng.optimize_from_memory(data, level=4))
            their = seconds(resource.RUSAGE_SELF) - before
            before = seconds(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [program, "apply", "-q", "-f", "-k", "identity", "-t", "1", "--png-level", "9", name,
                 f"{place}/out.png"], check=True)
            own = seconds(resource.RUSAGE_CHILDREN) - before
            made = os.path.getsize(f"{place}/out.png")
            theirs, ours = theirs + their, ours + own
            print(f"{os.path.basename(name):32} {made:9,} bytes {100 * (made / wanted - 1):+6.1f} %  "
                  f"{own:6.2f} s, {own / max(their, 1e-3):5.2f} of oxipng's", flush=True)
    print(f"{'all':32} {'':38} {ours:6.2f} s, {ours / theirs:5.2f} of oxipng's")


main()
