"""Says what Pillow, and an index read by hand, find in a JPEG file with a gain map: a line a file.

    python3 ultra-hdr.py FILE...

    2 48x32 12x8 GainMapLength=873 873

Pictures by Pillow's count, their sizes by Pillow, the length that the directory in XMP gives, and the bytes from the
place that the index gives to the end of the file.
"""
import re
import struct
import sys

from PIL import MpoImagePlugin


def index(data):
    """The sizes and places of all pictures, by the index (CIPA DC-007)."""
    at = data.index(b"MPF\0") + 4
    order = {b"MM\0*": ">", b"II*\0": "<"}[data[at:at + 4]]
    directory = at + struct.unpack_from(order + "I", data, at + 4)[0]
    for field in range(struct.unpack_from(order + "H", data, directory)[0]):
        tag, kind, count, value = struct.unpack_from(
            order + "HHII", data, directory + 2 + 12 * field)
        if tag == 0xB002:
            entries = [struct.unpack_from(order + "IIIHH", data, at + value + 16 * i)
                       for i in range(count // 16)]
            return [(size, at + offset if offset else 0) for _, size, offset, _, _ in entries]
    raise ValueError("no entries")


for name in sys.argv[1:]:
    data = open(name, "rb").read()
    pictures = index(data)
    for size, start in pictures:
        assert data[start:start + 2] == b"\xff\xd8", "no picture begins there"
        assert data[start + size - 2:start + size] == b"\xff\xd9", "no picture ends there"
    assert sum(size for size, _ in pictures) == len(data), "pictures do not fill the file"
    length = re.search(rb'Semantic="GainMap"[^>]*Length="(\d+)"', data).group(1).decode()
    # Pillow itself opens files with a gain map as plain JPEG.
    with MpoImagePlugin.MpoImageFile(name) as image:
        sizes = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            sizes.append("%dx%d" % image.size)
        print(image.n_frames, *sizes, "GainMapLength=" + length, len(data) - pictures[1][1])
