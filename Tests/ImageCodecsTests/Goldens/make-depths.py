#!/usr/bin/env python3
"""Makes Depths/: a TIFF file for each depth of 1 to 16 bits, and depths.tsv: what its pages hold.

    python3 make-depths.py        (NumPy 2.4; tifffile 2026.3 with imagecodecs reads again what it can)

The files are packed here, by what TIFF 6.0 says: samples one behind the other, the high bit first, each row from a
whole byte on; a row of a tile, too. Pages are gray, gray that begins at white, gray and alpha, RGB, RGB and alpha,
CMYK, numbers of colours (up to 9 bits) and gray with a sign, in strips of two rows and in tiles of 16 x 16, together
and in planes. Odd depths have the low byte first; all but 4 and 12 bits are deflated.

A row: as in formats.tsv, and how the page is stored. Numbers v of b bits are round(v * full / (2^b - 1)), full 255 for up
to 8 bits, else 65535. Inks are light, round((full - C) * (full - K) / full). Numbers with a sign are floats.
"""
import hashlib, os, struct, zlib
import numpy as np
import tifffile

here = os.path.dirname(os.path.abspath(__file__)) + "/"
os.makedirs(here + "Depths", exist_ok=True)
random = np.random.default_rng(16)
WIDTH, HEIGHT = 19, 5
kinds = {  # samples of a pixel, photometric interpretation
    "gray": (1, 1), "white": (1, 0), "gray-alpha": (2, 1), "rgb": (3, 2), "rgb-alpha": (4, 2),
    "cmyk": (4, 5), "palette": (1, 3), "signed": (1, 1),
}

def packed(rows, bits):
    """Rows of numbers of so many bits, each from a whole byte on."""
    rows = rows.reshape(rows.shape[0], -1)
    return b"".join(np.packbits((row[:, None] >> np.arange(bits)[::-1] & 1).astype(np.uint8).ravel()).tobytes() for row in rows)

def stored(rows, bits, order):
    """The bytes of rows: 16 bits are numbers in the order of the file, others are packed."""
    return rows.astype(order + "u2").tobytes() if bits == 16 else packed(rows, bits)

def blocks(levels, tiled, planar):
    """The parts of a page in the order of the file."""
    for plane in [levels[:, :, s] for s in range(levels.shape[2])] if planar else [levels]:
        if not tiled:
            for y in range(0, HEIGHT, 2): yield plane[y:y + 2]
            continue
        for x in range(0, WIDTH, 16):
            part = plane[:, x:x + 16]
            tile = np.zeros((16, 16) + part.shape[2:], int)
            tile[:part.shape[0], :part.shape[1]] = part
            yield tile

def page(file, link, bits, kind, levels, tiled, planar, order, deflated, palette):
    """Appends a page to the bytes of a file; returns where the place of the next one is said."""
    offsets, counts = [], []
    for block in blocks(levels, tiled, planar):
        data = stored(block, bits, order)
        if deflated: data = zlib.compress(data, 9)
        offsets.append(len(file)); counts.append(len(data))
        file += data + b"\0" * (len(data) % 2)
    samples, photometric = kinds[kind]
    fields = [(256, 4, [WIDTH]), (257, 4, [HEIGHT]), (258, 3, [bits] * samples), (259, 3, [8 if deflated else 1]),
              (262, 3, [photometric]), (277, 3, [samples]), (284, 3, [2 if planar else 1])]
    fields += [(322, 3, [16]), (323, 3, [16]), (324, 4, offsets), (325, 4, counts)] if tiled else \
              [(273, 4, offsets), (278, 4, [2]), (279, 4, counts)]
    if kind == "palette": fields.append((320, 3, palette.T.ravel().tolist()))
    if kind.endswith("alpha"): fields.append((338, 3, [2]))
    if kind == "signed": fields.append((339, 3, [2]))
    entries, start = b"", len(file) + 2 + 12 * len(fields) + 4
    values = b""
    for tag, size, numbers in sorted(fields):
        value = struct.pack(f"{order}{len(numbers)}{'H' if size == 3 else 'I'}", *numbers)
        if len(value) > 4:
            values += value
            value = struct.pack(order + "I", start + len(values) - len(value))
        entries += struct.pack(order + "HHI", tag, size, len(numbers)) + value.ljust(4, b"\0")
    struct.pack_into(order + "I", file, link, len(file))
    file += struct.pack(order + "H", len(fields)) + entries
    link = len(file)
    file += b"\0" * 4 + values + b"\0" * (len(values) % 2)
    return link

def seen(bits, kind, levels, palette):
    """What is to come out."""
    full, top = (255, np.uint8) if bits <= 8 else (65535, np.uint16), 2 ** bits - 1
    if kind == "signed": return np.where(levels > top // 2, levels - top - 1, levels).astype(np.float32)
    if kind == "palette": return (palette[levels[:, :, 0]] >> 8).astype(np.uint8)
    scaled = (levels * full[0] + top // 2) // top
    if kind == "white": scaled = ((top - levels) * full[0] + top // 2) // top
    if kind == "cmyk": scaled = ((full[0] - scaled[:, :, :3]) * (full[0] - scaled[:, :, 3:]) + full[0] // 2) // full[0]
    return scaled.astype(full[1])

def digest(a):
    if a.dtype.kind == "f": return 32, hashlib.sha256(a.astype("<f4").tobytes()).hexdigest()
    bits = 8 * a.dtype.itemsize
    wide = a.astype(np.uint32) * (1 if bits == 16 else 257)
    color = wide[:, :, :1].repeat(3, 2) if a.shape[2] <= 2 else wide[:, :, :3]
    alpha = wide[:, :, -1:] if a.shape[2] % 2 == 0 else np.full((HEIGHT, WIDTH, 1), 65535)
    return bits, hashlib.sha256(np.concatenate([color, alpha], 2).astype(">u2").tobytes()).hexdigest()

rows = []
for bits in range(1, 17):
    order, deflated = "><"[bits % 2], bits not in (4, 12)
    file = bytearray({"<": b"II*\0", ">": b"MM\0*"}[order] + b"\0" * 4)
    link, name, pages = 4, f"bits{bits}.tif", []
    for index, (kind, (samples, _)) in enumerate(kinds.items()):
        if kind == "palette" and bits > 9: continue
        palette = random.integers(0, 65536, (2 ** bits, 3)) if kind == "palette" else None
        # Strips and tiles, together and in planes: in turn, so that each kind has all within a few depths.
        for tiled in (False, True):
            planar = samples > 1 and (bits + index + tiled) % 2 == 1
            levels = random.integers(0, 2 ** bits, (HEIGHT, WIDTH, samples))
            levels[0, :3] = [[0], [2 ** bits - 1], [2 ** bits // 2]]
            link = page(file, link, bits, kind, levels, tiled, planar, order, deflated, palette)
            pages.append((kind, tiled, planar, levels, palette))
    with open(here + "Depths/" + name, "wb") as out: out.write(file)
    for number, (kind, tiled, planar, levels, palette) in enumerate(pages, 1):
        result = seen(bits, kind, levels, palette)
        depth, hash = digest(result)
        rows.append([name, number, WIDTH, HEIGHT, result.shape[2], depth, hash, kind, "tiles" if tiled else "strips",
                     "planes" if planar else "together"])
        try:
            again = tifffile.imread(here + "Depths/" + name, key=number - 1)
        except (ValueError, NotImplementedError):
            continue  # such bits need a package that is not there
        again = np.moveaxis(again.reshape(-1, HEIGHT, WIDTH), 0, 2) if planar else again.reshape(HEIGHT, WIDTH, -1)
        assert (again == (seen(bits, kind, levels, palette) if kind == "signed" else levels)).all(), rows[-1]
        rows[-1].append("tifffile")

with open(here + "depths.tsv", "w") as out:
    out.write("file\tpage\twidth\theight\tchannels\tbits\tsha256\tkind\tblocks\tsamples\talso read by\n")
    for row in rows: out.write("\t".join(map(str, row)) + "\n")
