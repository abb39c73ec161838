"""What the rivals of `convbench networks` share: a job is prepared once, then run for every line.

    python RIVAL.py FOLDER VARIANT THREADS BATCH train|predict RATE MOMENTUM f32|bf16

FOLDER holds what convbench prepared: model.py, model.safetensors, model.onnx, images, labels, frozen.
The first answer is a list of numbers, to be compared with ours; then each line is answered with the
seconds of one run, "peak" with the largest resident set in MiB. A rival that cannot do the job says why
on standard error and ends.
"""
import json
import os
import resource
import sys
import time

import numpy


class Job:
    def __init__(self):
        self.folder, self.variant = sys.argv[1:3]
        self.threads, self.batch = int(sys.argv[3]), int(sys.argv[4])
        self.trains = sys.argv[5] == "train"
        # Learning rate and momentum, as convbench has them.
        self.rate, self.momentum = float(sys.argv[6]), float(sys.argv[7])
        self.rounds = sys.argv[8] == "bf16"

    def images(self, shape):
        """Levels of 0...255: [batch, height, width, channels]."""
        return numpy.fromfile(os.path.join(self.folder, "images"), numpy.uint8).reshape(shape)

    def labels(self):
        return numpy.fromfile(os.path.join(self.folder, "labels"), numpy.int32).astype(numpy.int64)


def serve(first, work):
    """`first`: numbers to be compared; `work`: does the job once."""
    print(json.dumps([float(value) for value in first]), flush=True)
    for line in sys.stdin:
        if line.strip() == "peak":
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(peak / (1024 if sys.platform == "linux" else 1 << 20), flush=True)
            continue
        start = time.perf_counter()
        work()
        print(time.perf_counter() - start, flush=True)
