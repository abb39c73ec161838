"""Writes small archives with Python's tarfile, and what is in them: python3 make_archives.py"""
import io, os, tarfile

here = os.path.dirname(os.path.abspath(__file__))
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "pax": tarfile.PAX_FORMAT, "gnu": tarfile.GNU_FORMAT}
SHORT = [("0001.jpg", 700), ("0001.cls", 1), ("0001.json", 512), ("deep/" * 20 + "0002.jpg", 3)]
LONG = [("long/" * 60 + "0003.jpg", 20), ("grüße.txt", 0), ("last.bin", 1025)]


def content(name, size):
    return bytes((i * 7 + len(name)) % 251 for i in range(size))


listing = []
for kind, code in FORMATS.items():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=code) as archive:
        for name, size in SHORT + (LONG if kind != "ustar" else []):
            member = tarfile.TarInfo(name)
            member.size, member.mtime = size, 1_700_000_000
            archive.addfile(member, io.BytesIO(content(name, size)))
            listing.append(f"{kind} {size} {name}")
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "0001.jpg"
        archive.addfile(link)
        listing.append(f"{kind} 0 link")
    # Two blocks of zeros end it; the rest of the record is left out.
    data = buffer.getvalue().rstrip(b"\0")
    whole = (len(data) + 511) // 512 * 512
    with open(os.path.join(here, kind + ".tar"), "wb") as file:
        file.write(data.ljust(whole, b"\0") + bytes(1024))
with open(os.path.join(here, "listing.txt"), "w") as file:
    file.write("\n".join(listing) + "\n")
