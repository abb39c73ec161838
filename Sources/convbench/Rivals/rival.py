"""What every rival in Python shares: reads the picture once, then one request a line.

    python RIVAL.py PICTURE WIDTH HEIGHT CHANNELS BYTES THREADS

A request is a job in JSON: it is run once and answered with the seconds it took, or "unsupported".
{"save": PATH} writes the last result as it lies in memory.
"""
import json
import sys
import time

import numpy


def serve(prepare):
    """`prepare(picture, job, threads)` gives a function without arguments that does the job."""
    path, width, height, channels, size, threads = sys.argv[1], *map(int, sys.argv[2:7])
    kind = numpy.uint8 if size == 1 else numpy.uint16
    picture = numpy.fromfile(path, kind).reshape(height, width, channels)
    result, key, work = None, None, None
    for line in sys.stdin:
        job = json.loads(line)
        if "save" in job:
            numpy.ascontiguousarray(result).tofile(job["save"])
            print("saved", flush=True)
            continue
        if line != key:
            key, work = line, prepare(picture, job, threads)
        if work is None:
            print("unsupported", flush=True)
            continue
        start = time.perf_counter()
        result = work()
        print(time.perf_counter() - start, flush=True)
