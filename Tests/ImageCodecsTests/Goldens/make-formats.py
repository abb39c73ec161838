#!/usr/bin/env python3
"""Makes Formats/: small files of each format, and formats.tsv: what Pillow, tifffile and NumPy see in them.

    python3 make-formats.py        (Pillow 13, NumPy 2.4, tifffile 2026.3, and of Debian 12 cjxl, djxl,
                                   heif-enc, heif-convert, avifenc and avifdec)

A row: file, page (from 1), width, height, channels, bits, SHA-256 of the pixels as RGBA of 16 bits, high
byte first (8 bits times 257); of floats (32 bits) the pixels themselves, low byte first.
"""
import hashlib, os, struct, subprocess, tempfile
import numpy as np
import tifffile
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__)) + "/Formats/"
os.makedirs(here, exist_ok=True)
random = np.random.default_rng(5)
rows = []

def picture(height, width, channels, kind=np.uint8):
    """Slopes above, noise below."""
    y, x = np.mgrid[0:height, 0:width]
    top = np.iinfo(kind).max
    planes = [(x * 11 + y * 5 + 50 * c) % 256 * (top // 255) for c in range(channels)]
    a = np.stack(planes, -1).astype(kind)
    a[height // 2:] = random.integers(0, top + 1, a[height // 2:].shape, dtype=kind)
    return a[:, :, 0] if channels == 1 else a

def expect(name, pixels, page=1):
    """Takes note of what is to be seen: an array, height x width (x channels)."""
    a = pixels if pixels.ndim == 3 else pixels[:, :, None]
    height, width, channels = a.shape
    if a.dtype.kind == "f":
        rows.append([name, page, width, height, channels, 32, hashlib.sha256(a.astype("<f4").tobytes()).hexdigest()])
        return
    bits = 16 if a.dtype.itemsize == 2 else 8
    wide = a.astype(np.uint32) * (1 if bits == 16 else 257)
    color = wide[:, :, :1].repeat(3, 2) if channels <= 2 else wide[:, :, :3]
    alpha = wide[:, :, -1:] if channels % 2 == 0 else np.full((height, width, 1), 65535)
    digest = hashlib.sha256(np.concatenate([color, alpha], 2).astype(">u2").tobytes()).hexdigest()
    rows.append([name, page, width, height, channels, bits, digest])

def put(name, data):
    with open(here + name, "wb") as file: file.write(data)

def seen(name, page=1, mode=None):
    """The pixels of a file as Pillow shows them."""
    image = Image.open(here + name)
    image.seek(page - 1)
    return np.asarray(image.convert(mode) if mode else image)

def check(name, pixels):
    """A file made here is read alike by Pillow."""
    expect(name, pixels)
    image = Image.open(here + name)
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[1 if pixels.ndim == 2 else pixels.shape[2]]
    assert (np.asarray(image.convert(mode)) == pixels).all(), name

# --- BMP

def bmp(width, height, bits, body, compression=0, palette=b"", size=40, masks=b"", extra=b""):
    header = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, len(body),
                         2835, 2835, len(palette) // 4, 0)
    header += masks if size == 40 else (masks + b"\0" * 84)[:size - 40]
    start = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + header + palette + body

def padded(row): return row + b"\0" * (-len(row) % 4)

gray, rgb, rgba = picture(9, 13, 1), picture(9, 13, 3), picture(9, 13, 4)
for name, mode in (("gray.bmp", "L"), ("bits.bmp", "1"), ("palette.bmp", "P")):
    image = Image.fromarray(gray if mode != "P" else rgb).convert(mode)
    image.save(here + name)
    expect(name, seen(name, mode="RGB" if mode == "P" else "L"))
Image.fromarray(rgb).save(here + "rgb.bmp"); expect("rgb.bmp", rgb)
bgr = rgb[:, :, ::-1]
put("top-down.bmp", bmp(13, -9, 24, b"".join(padded(r.tobytes()) for r in bgr))); check("top-down.bmp", rgb)
core = b"".join(padded(r.tobytes()) for r in bgr[::-1])
put("core.bmp", b"BM" + struct.pack("<IHHI", 26 + len(core), 0, 0, 26)
    + struct.pack("<IHHHH", 12, 13, 9, 1, 24) + core); check("core.bmp", rgb)
bgra = rgba[::-1, :, [2, 1, 0, 3]]
put("alpha.bmp", bmp(13, 9, 32, bgra.tobytes(), 3, size=108,
    masks=struct.pack("<IIII", 0xff0000, 0xff00, 0xff, 0xff000000))); check("alpha.bmp", rgba)
put("ignored.bmp", bmp(13, 9, 32, bgra.tobytes())); check("ignored.bmp", rgba[:, :, :3])
def packed(name, widths, **more):
    """16 bits a pixel, spread to 8 with rounding."""
    levels = [rgb[:, :, c] >> (8 - w) for c, w in enumerate(widths)]
    word = levels[0].astype(int) << (widths[1] + widths[2]) | levels[1].astype(int) << widths[2] | levels[2]
    body = b"".join(padded(r.astype("<u2").tobytes()) for r in word[::-1])
    put(name, bmp(13, 9, 16, body, **more))
    full = [2 ** w - 1 for w in widths]
    expect(name, np.stack([(l.astype(int) * 255 + f // 2) // f for l, f in zip(levels, full)], -1).astype(np.uint8))
packed("555.bmp", (5, 5, 5))
packed("565.bmp", (5, 6, 5), compression=3, masks=struct.pack("<III", 0xf800, 0x7e0, 0x1f))
colors = random.integers(0, 256, (16, 3), dtype=np.uint8)
palette = b"".join(bytes([*c[::-1], 0]) for c in colors)
places = random.integers(0, 16, (6, 11))
four = b"".join(padded(bytes((r[i] << 4 | (r[i + 1] if i + 1 < 11 else 0)) for i in range(0, 11, 2))) for r in places[::-1])
put("four.bmp", bmp(11, 6, 4, four, palette=palette)); check("four.bmp", colors[places])
runs = bytes([5, 3, 0, 0,  0, 3, 1, 2, 3, 0,  8, 9, 0, 0,  0, 2, 2, 1,  4, 7, 0, 0,  11, 5, 0, 1])
places = np.zeros((5, 11), int)
places[0, :5] = 3; places[1, :3] = [1, 2, 3]; places[1, 3:11] = 9; places[3, 2:6] = 7; places[4, :11] = 5
put("runs8.bmp", bmp(11, 5, 8, runs, 1, palette)); check("runs8.bmp", colors[places[::-1]])
runs = bytes([5, 0x34, 0, 0,  0, 3, 0x12, 0x30,  8, 0x9a, 0, 0,  0, 1])
places = np.zeros((2, 11), int)
places[0, :5] = [3, 4, 3, 4, 3]; places[1, :3] = [1, 2, 3]; places[1, 3:11] = [9, 10] * 4
put("runs4.bmp", bmp(11, 2, 4, runs, 2, palette)); check("runs4.bmp", colors[places[::-1]])

# --- GIF

Image.fromarray(gray).save(here + "gray.gif"); expect("gray.gif", gray)
Image.fromarray(rgb).quantize(32).save(here + "palette.gif", interlace=1, comment=b"a comment")
expect("palette.gif", seen("palette.gif", mode="RGB"))
tall = picture(40, 30, 3)
Image.fromarray(tall).quantize(256).save(here + "tall.gif", interlace=1)
expect("tall.gif", seen("tall.gif", mode="RGB"))
flat = Image.fromarray(rgb).quantize(8)
flat.save(here + "transparent.gif", transparency=3)
expect("transparent.gif", np.where((np.asarray(flat) == 3)[:, :, None], 0, seen("transparent.gif", mode="RGBA")))
def animation(name, disposals):
    """Squares that wander; frames are smaller than the canvas, with transparent corners."""
    frames = []
    def block(d): return b"".join(bytes([len(d[i:i + 255])]) + d[i:i + 255] for i in range(0, len(d), 255)) + b"\0"
    out = b"GIF89a" + struct.pack("<HHBBB", 12, 8, 0x91, 0, 0) + bytes([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    for i, disposal in enumerate(disposals):
        whole = i == 0
        w, h = (12, 8) if whole else (5, 4)
        left, top = (0, 0) if whole else (1 + i, i)
        pixels = random.integers(0, 4, (h, w))
        out += b"!\xf9\4" + bytes([disposal << 2 | 1, 5, 0, 0]) + b"\0"
        out += b"," + struct.pack("<HHHHB", left, top, w, h, 0)
        # Codes of 3 bits; a clear code before each pair keeps them at that.
        codes = []
        for k, p in enumerate(pixels.flatten()):
            if k % 2 == 0: codes.append(4)
            codes.append(int(p))
        codes.append(5)
        bits = sum(c << (3 * k) for k, c in enumerate(codes))
        out += b"\2" + block(bits.to_bytes((3 * len(codes) + 7) // 8, "little"))
    put(name, out + b";")
    for page in range(1, len(disposals) + 1):
        a = seen(name, page, "RGBA")
        a = np.where(a[:, :, 3:] == 0, 0, a)
        expect(name, a if (a[:, :, 3] == 0).any() else a[:, :, :3], page)
animation("frames.gif", [1, 1, 2, 3, 1])

# --- WebP

small = picture(10, 14, 3)
for name, pixels, options in (
    ("lossy.webp", small, dict(quality=80)), ("lossless.webp", small, dict(lossless=True)),
    ("lossy-alpha.webp", picture(10, 14, 4), dict(quality=80)),
    ("lossless-alpha.webp", picture(10, 14, 4), dict(lossless=True, exact=True)),
    ("said.webp", small, dict(lossless=True, exif=b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0",
                              xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", icc_profile=b"a profile")),
):
    Image.fromarray(pixels).save(here + name, **options)
    expect(name, seen(name))
first, rest = Image.fromarray(small), [Image.fromarray(picture(10, 14, 4)) for _ in range(2)]
first.save(here + "frames.webp", save_all=True, append_images=rest, lossless=True, duration=50)
for page in (1, 2, 3):
    a = seen("frames.webp", page, "RGBA")
    expect("frames.webp", a if (a[:, :, 3] < 255).any() else a[:, :, :3], page)

# --- NumPy

for name, pixels in (
    ("gray.npy", gray), ("axis.npy", gray[:, :, None]), ("alpha.npy", picture(5, 6, 2)), ("rgb.npy", rgb),
    ("wide.npy", picture(5, 6, 4, np.uint16)), ("big.npy", picture(5, 6, 3, np.uint16).astype(">u2")),
    ("truth.npy", gray > 100),
):
    np.save(here + name, pixels)
    expect(name, pixels.astype(np.uint8) * 255 if pixels.dtype == bool else pixels)

# --- TIFF

def tiff(name, width, height, bits, samples, photometric, body, fields=(), order="<"):
    """One strip, not compressed."""
    all = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * samples), (259, 3, [1]), (262, 3, [photometric]),
           (273, 4, [8]), (277, 3, [samples]), (278, 4, [height]), (279, 4, [len(body)])] + list(fields)
    body += b"\0" * (len(body) % 2)
    entries, values, start = b"", b"", 8 + len(body) + 2 + 12 * len(all) + 4
    for tag, kind, numbers in sorted(all):
        packed = struct.pack(f"{order}{len(numbers)}{ {1: 'B', 3: 'H'}.get(kind, 'I')}", *numbers)
        if len(packed) > 4:
            values += packed
            packed = struct.pack(order + "I", start + len(values) - len(packed))
        entries += struct.pack(order + "HHI", tag, kind, len(numbers) // (2 if kind == 5 else 1)) + packed.ljust(4, b"\0")
    put(name, {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8 + len(body)) + body
        + struct.pack(order + "H", len(all)) + entries + b"\0" * 4 + values)

def spread(levels, bits):
    """Levels of some bits as 8 or 16 bits, rounded."""
    full, top = (255, np.uint8) if bits <= 8 else (65535, np.uint16), 2 ** bits - 1
    return ((levels.astype(int) * full[0] + top // 2) // top).astype(full[1])

def strip(levels, bits):
    """Rows of levels, packed with the high bit first, each from a whole byte on."""
    rows = levels.reshape(levels.shape[0], -1)
    return b"".join(np.packbits((row[:, None] >> np.arange(bits)[::-1] & 1).astype(np.uint8).ravel()).tobytes() for row in rows)

for bits in (1, 2, 4, 5, 12, 14):
    levels = random.integers(0, 2 ** bits, (7, 11))
    tiff(f"bits{bits}.tif", 11, 7, bits, 1, 1, strip(levels, bits), order="<>"[bits % 2])
    expect(f"bits{bits}.tif", spread(levels, bits))
levels = random.integers(0, 2 ** 10, (5, 9, 3))
tiff("rgb10.tif", 9, 5, 10, 3, 2, strip(levels, 10))
expect("rgb10.tif", spread(levels, 10))
tiff("white.tif", 13, 9, 8, 1, 0, (255 - gray).tobytes())
check("white.tif", gray)
over = picture(9, 13, 4)
over[:, :, :3] = over[:, :, :3].astype(int) * over[:, :, 3:] // 255
tiff("associated.tif", 13, 9, 8, 4, 2, over.tobytes(), [(338, 3, [1])])
color, alpha = over[:, :, :3].astype(int), over[:, :, 3:].astype(int)
plain = np.minimum(255, (color * 255 + alpha // 2) // np.maximum(alpha, 1))
expect("associated.tif", np.concatenate([np.where(alpha == 0, 0, plain), alpha], 2).astype(np.uint8))
inks = picture(9, 13, 4)
tiff("cmyk.tif", 13, 9, 8, 4, 5, inks.tobytes())
light, black = 255 - inks[:, :, :3].astype(int), 255 - inks[:, :, 3:].astype(int)
expect("cmyk.tif", ((light * black + 127) // 255).astype(np.uint8))
tiff("unnamed.tif", 13, 9, 8, 4, 2, rgba.tobytes(), [(338, 3, [0])])
expect("unnamed.tif", rgba[:, :, :3])

wide = picture(9, 13, 3, np.uint16)
for name, pixels, options in (
    ("deflate.tif", rgb, dict(compression="zlib", predictor=True)),
    ("tiles.tif", picture(20, 37, 3), dict(tile=(16, 16), compression="zlib")),
    ("planes.tif", rgb, dict(planarconfig="separate", rowsperstrip=4)),
    ("plane-tiles.tif", picture(20, 37, 3), dict(planarconfig="separate", tile=(16, 32))),
    ("wide.tif", wide, dict(byteorder=">", compression="zlib", predictor=True)),
    ("big.tif", rgb, dict(bigtiff=True)),
    ("alpha.tif", rgba, dict(extrasamples=["unassalpha"])),
):
    stored = np.moveaxis(pixels, -1, 0) if "planarconfig" in options else pixels
    tifffile.imwrite(here + name, stored, photometric="rgb", metadata=None, software=False, **options)
    seen_here = tifffile.imread(here + name)
    assert (seen_here == stored).all(), name
    expect(name, pixels)
for name, image, options in (
    ("lzw.tif", Image.fromarray(rgb), dict(compression="tiff_lzw")),
    ("packbits.tif", Image.fromarray(gray), dict(compression="packbits")),
    ("fax.tif", Image.fromarray(gray).convert("1"), dict(compression="group4")),
    ("palette.tif", Image.fromarray(rgb).quantize(32), {}),
    ("jpeg.tif", Image.fromarray(picture(16, 24, 3)), dict(compression="jpeg", quality=90)),
):
    image.save(here + name, **options)
    expect(name, seen(name, mode="RGB" if image.mode in "RGBP" else "L"))
pages = [Image.fromarray(picture(5 + i, 7, 3)) for i in range(3)]
pages[0].save(here + "pages.tif", save_all=True, append_images=pages[1:])
for page in (1, 2, 3): expect("pages.tif", seen("pages.tif", page), page)
# The directory of EXIF stands behind the pixels: a text of 20 signs and a fraction.
pixels = gray.tobytes() + b"\0"
place = 8 + len(pixels)
below = struct.pack(">H", 2) + struct.pack(">HHII", 33434, 5, 1, place + 50)
below += struct.pack(">HHII", 36867, 2, 20, place + 30) + b"\0" * 4 + b"2001:02:03 04:05:06\0"
below += struct.pack(">II", 1, 64)
texts = [(274, 3, [6]), (34665, 4, [place]), (282, 5, [300, 1]), (283, 5, [300, 1]), (296, 3, [2])]
texts += [(700, 1, list(b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")), (34675, 1, list(b"a profile"))]
tiff("said.tif", 13, 9, 8, 1, 1, pixels + below, texts, order=">")
expect("said.tif", gray)

# --- Floats

real = (random.random((7, 9, 3)) * 4 - 2).astype("<f4")
real[0, 0, 0], real[0, 1, 1] = np.inf, np.nan
np.save(here + "real.npy", real.astype(">f4")); expect("real.npy", real)
for name, options in (("real.tif", {}), ("real-tiles.tif", dict(tile=(16, 16), compression="zlib", byteorder=">"))):
    tifffile.imwrite(here + name, real, photometric="rgb", metadata=None, software=False, **options)
    expect(name, tifffile.imread(here + name))
Image.fromarray(real[:, :, 0]).save(here + "real.pfm"); expect("real.pfm", real[:, :, 0])
put("big.pfm", b"PF\n9 7\n1\n" + real[::-1].astype(">f4").tobytes()); expect("big.pfm", real)

# --- JPEG XL, HEIC, AVIF

folder = tempfile.mkdtemp() + "/"

def tool(line): subprocess.run(line, shell=True, check=True, capture_output=True)

def made(name, pixels, command):
    """A file that a command line makes of a PNG file."""
    Image.fromarray(pixels).save(folder + "in.png")
    tool(command.format(input=folder + "in.png", output=here + name))

def shown(name, command):
    """What a command line makes of a file, as PNG."""
    tool(command.format(input=here + name, output=folder + "out.png"))
    return np.asarray(Image.open(folder + "out.png"))

small = picture(10, 14, 3)
deep = picture(9, 11, 1, np.uint16)
for name, pixels in (("lossless.jxl", small), ("gray.jxl", picture(10, 14, 1)), ("alpha.jxl", picture(8, 9, 4)), ("deep.jxl", deep)):
    made(name, pixels, "cjxl {input} {output} -d 0 --container=1 --quiet")
    expect(name, pixels)
made("lossy.jxl", small, "cjxl {input} {output} --quiet")
expect("lossy.jxl", shown("lossy.jxl", "djxl {input} {output} --quiet"))
made("photo.heic", small, "heif-enc {input} -o {output}")
made("photo.avif", small, "heif-enc -A {input} -o {output}")
made("lossless.avif", picture(8, 9, 4), "heif-enc -A -L {input} -o {output}")
for name in ("photo.heic", "photo.avif", "lossless.avif"): expect(name, shown(name, "heif-convert {input} {output}"))

# --- Headers that are seldom seen, and read by others all the same

random = np.random.default_rng(6)
many = random.integers(0, 256, (9, 13, 5), dtype=np.uint8)
tifffile.imwrite(here + "second-extra.tif", many, photometric="rgb", extrasamples=["unspecified", "unassalpha"], metadata=None, software=False)
assert (tifffile.imread(here + "second-extra.tif") == many).all()
expect("second-extra.tif", many[:, :, [0, 1, 2, 4]])

def array(name, descr, a):
    head = b"{\"descr\": \"%s\", \"fortran_order\": False, \"shape\": (9, 13)}\n" % descr
    put(name, b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + a.tobytes())
    assert (np.load(here + name) == a).all(), name
    expect(name, a)
for name, descr, kind in (("native.npy", b"=u2", "<u2"), ("letter.npy", b"B", "u1"), ("word.npy", b"float32", "<f4")):
    array(name, descr, random.integers(0, 250, (9, 13)).astype(kind))

real = random.normal(size=(9, 13)).astype("<f4")
for name, head in (("line.pfm", b"Pf 13 9 -1.0\n"), ("comment.pfm", b"Pf\n# made by hand\n13\n9 # sides\n-0.5\n")):
    put(name, head + real[::-1].tobytes())
    assert (seen(name) == real).all(), name
    expect(name, real)
# Pillow takes the last sign of the header for the first of the samples.
put("lines.pfm", b"Pf\r\n13 9\r\n-1.0\r\n" + real[::-1].tobytes())
expect("lines.pfm", real)

# The first frame is larger than the screen, or there is none.
small = open(here + "palette.gif", "rb").read()
for name, screen in (("outside.gif", (5, 4)), ("nowhere.gif", (0, 0))):
    put(name, small[:6] + struct.pack("<HH", *screen) + small[10:])
    expect(name, seen(name, mode="RGB"))

# Luma only.
for name, kind, command in (("gray.avif", 1, "avifenc -l -y 400"), ("gray-alpha.avif", 2, "avifenc -l -y 400"), ("gray.heic", 1, "heif-enc -L")):
    made(name, picture(13, 17, kind), command + " {input} {output}" if "avif" in command else command + " {input} -o {output}")
    reader = "avifdec {input} {output}" if "avif" in command else "heif-convert {input} {output}"
    pixels = shown(name, reader)
    expect(name, pixels if pixels.ndim == 2 else pixels[:, :, [0, 3][:kind]])

with open(here + "../formats.tsv", "w") as file:
    file.write("file\tpage\twidth\theight\tchannels\tbits\tsha256\n")
    for row in rows: file.write("\t".join(map(str, row)) + "\n")
