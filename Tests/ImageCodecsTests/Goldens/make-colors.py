#!/usr/bin/env python3
"""Makes Colors/: small profiles, pictures that hold them, and what Pillow's ImageCms makes of these.

    python3 make-colors.py        (Pillow 13 with Little CMS, NumPy 2.4)

`a-to-b.npy` are the pixels of picture `a` in the colours of `b`: `srgb`, or the profile `b.icc`.
"""
import os, struct, zlib
import numpy as np
from PIL import Image, ImageCms

here = os.path.dirname(os.path.abspath(__file__)) + "/Colors/"
os.makedirs(here, exist_ok=True)
random = np.random.default_rng(23)

def fixed(*numbers): return b"".join(struct.pack(">i", round(n * 65536)) for n in numbers)
def xyz(*numbers): return b"XYZ \0\0\0\0" + fixed(*numbers)
def curve(gamma): return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
def table(values): return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + np.asarray(values).astype(">u2").tobytes()

def profile(kind, space, pcs, tags):
    places, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        places += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">II", 0, 0x02400000)[4:] + kind + space + pcs + b"\0" * 12 + b"acsp" + b"\0" * 28 + fixed(0.9642, 1, 0.8249)
    head = struct.pack(">I", start + len(body)) + b"\0\0\0\0" + head
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + places + body

white = (b"wtpt", xyz(0.9642, 1, 0.8249))
# Wider than sRGB, with a plain power.
wide = profile(b"mntr", b"RGB ", b"XYZ ", [white, (b"rXYZ", xyz(0.62, 0.30, 0.02)), (b"gXYZ", xyz(0.20, 0.64, 0.07)),
    (b"bXYZ", xyz(0.1442, 0.06, 0.7349))] + [(c + b"TRC", curve(1.8)) for c in (b"r", b"g", b"b")])
dark = profile(b"mntr", b"GRAY", b"XYZ ", [white, (b"kTRC", curve(2.8))])
x = np.linspace(0, 1, 1024)
sgray = profile(b"mntr", b"GRAY", b"XYZ ", [white, (b"kTRC", table(np.round(np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4) * 65535)))])
# Inks by a table of 3 x 3 x 3 x 3 colours in Lab.
c, m, y, k = np.meshgrid(*[np.linspace(0, 1, 3)] * 4, indexing="ij")
lab = np.stack([100 * (1 - 0.3 * c - 0.4 * m - 0.1 * y) * (1 - 0.9 * k) * 2.55, 128 + 60 * (m - c) * (1 - k), 128 + 70 * (y - c / 2) * (1 - k)], -1)
lut = b"mft1\0\0\0\0" + bytes([4, 3, 3, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + bytes(range(256)) * 4
lut += np.clip(np.round(lab), 0, 255).astype(np.uint8).tobytes() + bytes(range(256)) * 3
inks = profile(b"prtr", b"CMYK", b"Lab ", [white, (b"A2B0", lut)])

def opened(data):
    import io
    return ImageCms.ImageCmsProfile(io.BytesIO(data))

profiles = {"wide": wide, "dark": dark, "inks": inks, "sgray": sgray}
for name in ("wide", "dark", "inks"): open(here + name + ".icc", "wb").write(profiles[name])
srgb = ImageCms.createProfile("sRGB")

def convert(name, image, source, target, mode):
    other = srgb if target == "srgb" else opened(profiles[target])
    result = ImageCms.profileToProfile(image, opened(source), other, outputMode=mode)
    label = "srgb" if target == "sgray" else target
    np.save(here + f"{name}-to-{label}.npy", np.asarray(result))

def pixels(channels):
    a = random.integers(0, 256, (12, 15, channels), dtype=np.uint8)
    a[0] = np.linspace(0, 255, 15).astype(np.uint8)[:, None]
    return a

rgb = Image.fromarray(pixels(3)); rgb.save(here + "rgb.png", icc_profile=wide)
convert("rgb", rgb, wide, "srgb", "RGB")
rgba = Image.fromarray(pixels(4)); rgba.save(here + "rgba.png", icc_profile=wide)
convert("rgba", rgba, wide, "srgb", "RGBA")
gray = Image.fromarray(pixels(1)[:, :, 0]); gray.save(here + "gray.png", icc_profile=dark)
convert("gray", gray, dark, "sgray", "L")
convert("gray", gray, dark, "wide", "RGB")
cmyk = Image.fromarray(pixels(4), mode="CMYK"); cmyk.save(here + "cmyk.tif", icc_profile=inks)
convert("cmyk", cmyk, inks, "srgb", "RGB")
plain = Image.fromarray(pixels(3)); plain.save(here + "plain.png")
result = ImageCms.profileToProfile(plain, srgb, opened(wide), outputMode="RGB")
np.save(here + "plain-to-wide.npy", np.asarray(result))

# PNG that says its colours itself: a gamma of 1/1.8, and the primaries of Adobe RGB.
def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
data = open(here + "plain.png", "rb").read()
said = chunk(b"gAMA", struct.pack(">I", 55556)) + chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))
open(here + "told.png", "wb").write(data[:33] + said + data[33:])
# Bradford's adaptation of the primaries from D65 to D50.
def column(x, y): return np.array([x / y, 1, (1 - x - y) / y])
primaries = np.stack([column(.64, .33), column(.21, .71), column(.15, .06)], 1)
d65, d50 = column(.3127, .329), np.array([0.9642, 1, 0.8249])
matrix = primaries * np.linalg.solve(primaries, d65)
cone = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
adapted = np.linalg.inv(cone) @ np.diag((cone @ d50) / (cone @ d65)) @ cone @ matrix
told = profile(b"mntr", b"RGB ", b"XYZ ", [white] + [(n + b"XYZ", xyz(*adapted[:, i])) for i, n in enumerate((b"r", b"g", b"b"))]
    + [(n + b"TRC", curve(1.8)) for n in (b"r", b"g", b"b")])
convert("told", plain, told, "srgb", "RGB")
