"""Which files a picture passes on its way through `convfilter apply -k sharpen`.

    swift build --product convfilter
    python3 Tests/Proofs/route.py .build/debug/convfilter [--steps]

Stops (gdb) wherever something happens: the kernel is read, the picture opened, its header read, the body
chosen, rows are decoded, filtered, encoded and written, the result gets its name, and the report is told.
The way is all files that stand on the stack then, from the outermost to the innermost; one that was
called only to call back into the file that called it (a team of threads, a check of an error) is no step
of it. Fails where the way is longer than 35 files, or is not what CONTRIBUTING.md says. What is asked on
the way and only answers, such as a size or a name, stands on no stack.
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MOST = 35
# C functions by their names, Swift ones by what their symbols contain.
STOPS = [
    "codec_png_reader_open", "codec_png_reader_read", "codec_png_writer_open", "narrow_sums",
    "codec_png_encode", "codec_png_writer_append", "codec_png_writer_finish", "descriptor_write",
    "linkat",
]
SWIFT_STOPS = [
    r"\$s14KernelLanguage0A4FileV_4name.*fC$",
    r"\$s14PictureFilters17NarrowCorrelationV_3fit7kernels.*fC$",
    r"\$s10convfilter8OpenFileV13pictureStatus",
    r"\$s10convfilter11BatchReportC3add_9isCounted",
]


def stacks(program):
    with tempfile.TemporaryDirectory() as folder:
        commands = ["set pagination off", "set width 0", "set breakpoint pending on"]
        commands += ["set print frame-arguments none"]
        commands += [f"break {name}" for name in STOPS] + [f"rbreak ^{s}" for s in SWIFT_STOPS]
        commands += ["run", "bt", "while 1", "continue", "bt", "end"]
        script = os.path.join(folder, "route.gdb")
        with open(script, "w") as file:
            file.write("\n".join(commands) + "\n")
        # The stacks of other threads begin in the middle.
        words = ["apply", "-k", "sharpen", "-t", "1", f"{ROOT}/SampleImages/camera.png"]
        words.append(f"{folder}/out.png")
        done = subprocess.run(
            ["gdb", "-batch", "-x", script, "--args", program, *words], capture_output=True,
            text=True, check=False)
        frames = []
        for line in done.stdout.split("\n"):
            found = re.match(r"#(\d+) +(?:0x\w+ in )?(\S+) .* at (?:\S*/)?Sources/(\S+):\d+$", line)
            if line.startswith("#0 ") and frames:
                yield frames[::-1]
                frames = []
            # Generic code of the library is laid beside the first file that uses it.
            if found and not re.match(r"\$ss|\$sS", found[2]):
                frames.append(found[3])
        if frames:
            yield frames[::-1]


def steps(frames):
    way = []
    for file in frames:
        if way and way[-1] == file:
            continue
        if len(way) > 1 and way[-2] == file:
            way.pop()
        else:
            way.append(file)
    return way


def stated():
    """The files of the table in CONTRIBUTING.md: a path stands for those behind it until the next room."""
    with open(f"{ROOT}/CONTRIBUTING.md") as file:
        text = file.read().split("## The route of a picture")[1].split("\n## ")[0]
    rows = [line.split("|")[2] for line in text.split("\n") if line.startswith("| ")][2:]
    return re.findall(r"`([^`]+\.(?:swift|c|h))`", " ".join(rows))


def main():
    way = []
    for frames in stacks(os.path.abspath(sys.argv[1])):
        one = steps(frames)
        if "--steps" in sys.argv:
            print(" > ".join(os.path.basename(file) for file in one))
        way += [file for file in one if file not in way]
    names = stated()
    missing = [file for file in way if not any(("/" + file).endswith("/" + n) for n in names)]
    surplus = [n for n in names if not any(("/" + file).endswith("/" + n) for file in way)]
    print("\n".join(way))
    print(f"{len(way)} files; {MOST} at most")
    if missing or surplus:
        print(f"not in CONTRIBUTING.md: {missing}\nnot on the way: {surplus}")
    sys.exit(len(way) > MOST or bool(missing or surplus))


if __name__ == "__main__":
    main()
