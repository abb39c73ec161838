"""Which names a glob means, by Python's wcmatch (and so by Bash's rules), for GlobTests.

    pip install wcmatch; python3 make_globs.py > globs.txt

A line is: the pattern, then the names that it means, apart by tabs. A pattern without a slash is
compared with the last part of a name.
"""
from wcmatch import glob

NAMES = ["a.png", "b.png", "ab.png", "a.jpg", "a", "x/a.png", "x/b.jpg", "x/y/a.png", "x/y/z/c.png",
         "y/x/a.png", "[a].png", "a*b.png", "ü.png", "x-y/1.png", "x/12.png", "xx/a.png", "x/y.png/q.png"]
PATTERNS = ["*", "*.png", "?.png", "a*", "*a*", "[ab].png", "[!ab].png", "[^a].png", "[a-b].jpg", "x/*",
            "x/*.png", "x/**", "**/a.png", "x/**/a.png", "**/x/**", "**", "*/*.png", "**/y/*", "x*/a.png",
            "x?/a.png", "\\[a\\].png", "a\\*b.png", "[]a].png", "[[]a[]].png", "*.p*g", "a**.png", "**/*.jpg",
            "x/y/**/c.png", "[0-9].png", "**/[0-9][0-9].png", "x/**/**/a.png", "y", "*b*.*", "x/y/a.png",
            "*.{png,jpg}", "{a,b}.{png,jpg}", "{x,y}/**", "x/{a,y/{a,z/c}}.png", "{a}.png", "{a,b", "{,a}b.png",
            "\\{a,b}.png", "x/{a.png,**/a.png}"]

if __name__ == "__main__":
    for pattern in PATTERNS:
        wanted = [
            name for name in NAMES
            if glob.globmatch(
                name if "/" in pattern else name.split("/")[-1], pattern,
                flags=glob.GLOBSTAR | glob.DOTGLOB | glob.BRACE)]
        print("\t".join([pattern] + wanted))
