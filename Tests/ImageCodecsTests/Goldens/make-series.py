#!/usr/bin/env python3
"""Makes Series/: small files with several pictures, and series.tsv: what is to be seen in them, and how long.

    python3 make-series.py        (Pillow 13, NumPy 2.4, and of Debian 12 cjxl, djxl, heif-enc and heif-convert)

A row: file, picture (from 1), width, height, SHA-256 of the pixels as RGBA of 16 bits, high byte first (8 bits
times 257; zeros where alpha is 0), how long it is shown in seconds as a fraction (- for ever), and how often
all are shown (0 for ever, - for pages).
"""
import hashlib, os, struct, subprocess, tempfile, zlib
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__)) + "/Series/"
os.makedirs(here, exist_ok=True)
random = np.random.default_rng(11)
rows = []

def expect(name, number, pixels, time="-", plays="-"):
    a = pixels if pixels.ndim == 3 else pixels[:, :, None]
    height, width, channels = a.shape
    wide = a.astype(np.uint32) * (1 if a.dtype.itemsize == 2 else 257)
    color = wide[:, :, :1].repeat(3, 2) if channels <= 2 else wide[:, :, :3]
    alpha = wide[:, :, -1:] if channels % 2 == 0 else np.full((height, width, 1), 65535)
    all = np.concatenate([np.where(alpha == 0, 0, color), alpha], 2).astype(">u2")
    rows.append([name, number, width, height, hashlib.sha256(all.tobytes()).hexdigest(), time, plays])

def expect_as_pillow(name, times, plays):
    image = Image.open(here + name)
    assert image.n_frames == len(times), name
    for i, time in enumerate(times):
        image.seek(i)
        expect(name, i + 1, np.asarray(image.convert("RGBA")), time, plays)

# --- APNG, chunk by chunk; frames are laid on one another pixel by pixel, as the specification says

def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

def stream(a):
    """Rows without filters."""
    a = a if a.dtype.itemsize == 1 else a.astype(">u2")
    return zlib.compress(b"".join(b"\0" + row.tobytes() for row in a), 9)

def apng(name, kind, frames, plays, extra=b"", look=lambda a: a, still=None):
    """frames: pixels as they are stored, left, top, (numerator, denominator), disposal, blend."""
    first = still if still is not None else frames[0][0]
    height, width = first.shape[:2]
    depth = 8 * first.dtype.itemsize
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"acTL", struct.pack(">II", len(frames), plays))
    number = 0
    if still is not None: out += chunk(b"IDAT", stream(still))
    canvas, full = None, 2 ** depth - 1
    if still is not None: expect(name, 1, look(still), "-", plays)
    for i, (pixels, left, top, time, disposal, blend) in enumerate(frames):
        h, w = pixels.shape[:2]
        out += chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, w, h, left, top, *time, disposal, blend))
        number += 1
        data = stream(pixels)
        if i == 0 and still is None:
            half = len(data) // 2
            out += chunk(b"IDAT", data[:half]) + chunk(b"IDAT", data[half:])
        else:
            out += chunk(b"fdAT", struct.pack(">I", number) + data[:7]) + chunk(b"fdAT", struct.pack(">I", number + 1) + data[7:])
            number += 2
        seen = look(pixels)
        colors = {1: 1, 2: 1, 3: 3, 4: 3}[seen.shape[2]]
        if canvas is None: canvas = np.zeros((height, width, colors + 1), seen.dtype)
        before = canvas.copy()
        for y in range(h):
            for x in range(w):
                s = [int(v) for v in seen[y, x]]
                if len(s) == colors: s.append(full)
                t = [int(v) for v in canvas[top + y, left + x]]
                if blend == 1:
                    u, v = s[-1] * full, (full - s[-1]) * t[-1]
                    if u + v == 0: continue
                    s = [(a * u + b * v + (u + v) // 2) // (u + v) for a, b in zip(s[:-1], t[:-1])] + [(u + v + full // 2) // full]
                canvas[top + y, left + x] = s
        shown = time if time[1] else (time[0], 100)
        expect(name, i + 1 + (still is not None), canvas, "%d/%d" % shown, plays)
        if disposal == 1 or (disposal == 2 and i == 0): canvas[top:top + h, left:left + w] = 0
        if disposal == 2 and i > 0: canvas = before
    with open(here + name, "wb") as file: file.write(out + chunk(b"tEXt", b"Title\0behind") + chunk(b"IEND", b""))

def noise(h, w, c, kind=np.uint8): return random.integers(0, np.iinfo(kind).max + 1, (h, w, c), dtype=kind)

apng("dispose.png", 6, [
    (noise(7, 9, 4), 0, 0, (1, 10), 0, 0), (noise(4, 5, 4), 3, 2, (1, 0), 2, 1), (noise(3, 3, 4), 1, 1, (0, 5), 1, 1),
    (noise(2, 6, 4), 2, 4, (65535, 1), 2, 0), (noise(7, 9, 4), 0, 0, (3, 7), 0, 1)], 0)
apng("wide.png", 0, [
    (noise(5, 6, 1, np.uint16), 0, 0, (1, 25), 1, 0), (noise(2, 3, 1, np.uint16), 3, 3, (2, 25), 0, 1)], 7)
apng("opaque.png", 2, [(noise(5, 6, 3), 0, 0, (1, 3), 0, 0), (noise(2, 3, 3), 1, 2, (1, 3), 2, 0), (noise(1, 1, 3), 5, 4, (1, 3), 1, 0)], 1)
colors, alphas = noise(8, 3, 1)[:, :, 0], np.array([0, 255, 90, 255], np.uint8)
full = np.concatenate([colors, np.concatenate([alphas, np.full(4, 255, np.uint8)])[:, None]], 1)
apng("palette.png", 3, [((noise(5, 6, 1) % 8), 0, 0, (4, 100), 0, 0), ((noise(3, 4, 1) % 8), 1, 1, (4, 100), 0, 1)], 2,
     chunk(b"PLTE", colors.tobytes()) + chunk(b"tRNS", alphas.tobytes()), lambda a: full[a[:, :, 0]])
apng("still.png", 2, [(noise(5, 6, 3), 0, 0, (1, 4), 0, 0), (noise(2, 3, 3), 1, 2, (1, 8), 0, 0)], 3, still=noise(5, 6, 3))

# --- GIF, WebP, JPEG XL: as Pillow and djxl show them

y, x = np.mgrid[0:9, 0:14]
def drawn(i, alpha):
    a = np.stack([x * 18, y * 28, 0 * x + 60 * i], -1).astype(np.uint8)
    a[2:5, 2 * i:2 * i + 4] = [255, 40 * i, 0]
    if alpha: a = np.concatenate([a, np.where((x + y + i) % 5 == 0, 0, 255)[:, :, None].astype(np.uint8)], -1)
    return Image.fromarray(a)
opaque, airy = [drawn(i, False) for i in range(4)], [drawn(i, True) for i in range(3)]
opaque[0].save(here + "loops.gif", save_all=True, append_images=opaque[1:], duration=[50, 100, 0, 330], loop=2)
expect_as_pillow("loops.gif", ["5/100", "10/100", "0/100", "33/100"], 3)
airy[0].save(here + "airy.gif", save_all=True, append_images=airy[1:], duration=70, disposal=2)
expect_as_pillow("airy.gif", ["7/100"] * 3, 1)
grays = [image.convert("L") for image in opaque]
grays[0].save(here + "gray.gif", save_all=True, append_images=grays[1:], duration=40, loop=0)
expect_as_pillow("gray.gif", ["4/100"] * 4, 0)
opaque[0].save(here + "loops.webp", save_all=True, append_images=opaque[1:], duration=[50, 100, 20, 333], loop=2, lossless=True)
expect_as_pillow("loops.webp", ["50/1000", "100/1000", "20/1000", "333/1000"], 2)
airy[0].save(here + "airy.webp", save_all=True, append_images=airy[1:], duration=70, loop=0, lossless=True, exact=True)
expect_as_pillow("airy.webp", ["70/1000"] * 3, 0)

folder = tempfile.mkdtemp() + "/"
def tool(line): subprocess.run(line, shell=True, check=True, capture_output=True)
tool(f"cjxl {here}loops.gif {here}loops.jxl -d 0 --container=1 --quiet")
image = Image.open(here + "loops.gif")
# A frame that is shown for no time belongs to the next; cjxl lets all of them be shown for ever.
for number, i in enumerate((0, 1, 3)):
    image.seek(i)
    expect("loops.jxl", number + 1, np.asarray(image.convert("RGBA")), ["50/1000", "100/1000", "330/1000"][number], 0)
for i in range(2): opaque[i].resize((16 + 8 * i, 24)).save(f"{folder}{i}.png")
tool(f"heif-enc {folder}0.png {folder}1.png -o {here}two.heic")
tool(f"heif-convert {here}two.heic {folder}out.png")
for i in range(2): expect("two.heic", i + 1, np.asarray(Image.open(f"{folder}out-{i + 1}.png")))

# AVIF of grays, which are the same numbers in every reader.
plain = [image.convert("L").convert("RGB") for image in opaque]
plain[0].save(here + "loops.avif", save_all=True, append_images=plain[1:], duration=[50, 100, 20, 333], quality=100, subsampling="4:4:4")
expect_as_pillow("loops.avif", ["50/1000", "100/1000", "20/1000", "333/1000"], 0)
seen = [image.convert("LA").convert("RGBA") for image in airy]
seen[0].save(here + "airy.avif", save_all=True, append_images=seen[1:], duration=70, quality=100, subsampling="4:4:4")
expect_as_pillow("airy.avif", ["70/1000"] * 3, 0)

grays[0].save(here + "gray.avif", save_all=True, append_images=grays[1:], duration=40, quality=100, subsampling="4:0:0")
expect_as_pillow("gray.avif", ["40/1000"] * 4, 0)
seen[0].save(here + "gray-airy.avif", save_all=True, append_images=seen[1:], duration=70, quality=100, subsampling="4:0:0")
expect_as_pillow("gray-airy.avif", ["70/1000"] * 3, 0)

# JPEG XL of several groups of 256 x 256, which threads decode side by side; as djxl shows it.
y, x = np.mgrid[0:300, 0:520]
large = [Image.fromarray(np.stack([(x // 40 + y // 30 * (i + 1)) % 11 * 20, x // 65 * 20 + 0 * y, y // 50 * 30 + 0 * x], -1).astype(np.uint8)) for i in range(3)]
large[0].save(folder + "large.png", save_all=True, append_images=large[1:], duration=40, loop=0)
tool(f"cjxl {folder}large.png {here}large.jxl -d 0 --container=1 --quiet")
tool(f"djxl {here}large.jxl {folder}seen.png")
image = Image.open(folder + "seen.png")
for i in range(3):
    image.seek(i)
    expect("large.jxl", i + 1, np.asarray(image.convert("RGB")), "40/1000", 0)

# --- Pages

pages = [opaque[0], opaque[1].convert("L"), Image.fromarray(noise(5, 6, 1, np.uint16)[:, :, 0]), airy[2], opaque[3].convert("1")]
pages[0].save(here + "mixed.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
for i, page in enumerate(pages): expect("mixed.tif", i + 1, np.asarray(page.convert("L") if page.mode == "1" else page))
with open(here + "stream.ppm", "wb") as file:
    a, b, c = noise(2, 3, 3), noise(4, 1, 1, np.uint16), noise(3, 5, 3)
    file.write(b"P6 3 2 255\n" + a.tobytes() + b"P5\n1 4\n65535\n" + b.astype(">u2").tobytes() + b"\nP3 5 3 255\n"
               + b" ".join(b"%d" % v for v in c.ravel()) + b"\n")
for i, p in enumerate((a, b, c)): expect("stream.ppm", i + 1, p)

with open(here + "../series.tsv", "w") as file:
    file.write("file\tpicture\twidth\theight\tsha256\tseconds\tplays\n")
    for row in rows: file.write("\t".join(map(str, row)) + "\n")
