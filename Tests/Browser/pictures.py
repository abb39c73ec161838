"""Pictures for the checks, written and read by hand: no code of the program is in them."""

import math
import pathlib
import random
import struct
import zlib


def write_png(path, width, height, channels, samples, bits=8):
    """A PNG of 8 or 16 bits, by hand: a picture that the program has not written."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    row = width * channels
    raw = b"".join(b"\0" + struct.pack(f">{row}{'BH'[bits // 16]}", *samples[y * row:(y + 1) * row])
                   for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, bits, {1: 0, 3: 2}[channels], 0, 0, 0)
    pathlib.Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b""))


def read_pnm(path):
    """Width, height, channels and samples of a PNM file of 8 or 16 bits."""
    data = pathlib.Path(path).read_bytes()
    kind, width, height, _, start = None, 0, 0, 0, 0
    words, place = [], 0
    while len(words) < 4:
        end = place
        while data[end:end + 1] not in (b" ", b"\n", b"\t"):
            end += 1
        words.append(data[place:end])
        place = end + 1
    kind, width, height, start = words[0], int(words[1]), int(words[2]), place
    samples = list(data[start:])
    if int(words[3]) > 255:
        samples = [high << 8 | low for high, low in zip(samples[::2], samples[1::2])]
    return width, height, {b"P5": 1, b"P6": 3}[kind], samples


def random_picture(bench, name, width, height, channels, seed):
    dice = random.Random(seed)
    samples = [dice.randrange(256) for _ in range(width * height * channels)]
    write_png(bench.folder / name, width, height, channels, samples)


def smooth_picture(bench, name, width, height, channels, bits=8):
    """Waves with an edge and some noise."""
    dice, top = random.Random(width), (1 << bits) - 1
    samples = [int(top * max(0, min(1, 0.5 + 0.3 * math.sin(x / 3 + c) * math.cos(y / 4) + (0.25 if x + c > width / 2 else 0)
                                    + dice.uniform(-0.05, 0.05))))
               for y in range(height) for x in range(width) for c in range(channels)]
    write_png(bench.folder / name, width, height, channels, samples, bits)


def digit(bench, name, seed):
    """An 8×8 picture that a digit could be."""
    dice = random.Random(seed)
    samples = [max(0, min(255, int(255 - 60 * abs(x - 3.5)) + dice.randrange(-40, 40)))
               for y in range(8) for x in range(8)]
    write_png(bench.folder / name, 8, 8, 1, samples)
