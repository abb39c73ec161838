"""Ordeals of `apply`: blows at any moment, then the same command again."""

import os
import random
import shutil
import signal

from ground import Fault, Ground, digest, moment

BLOWS = {
    "kill -9": signal.SIGKILL, "SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM,
    "SIGHUP": signal.SIGHUP,
}


def picture(path, width, height, seed):
    """A colour picture that compresses as a photograph does: slopes with noise."""
    noise = random.Random(seed).randbytes(3 * width + 64 * 1024)
    with open(path, "wb") as file:
        file.write(b"P6 %d %d 255\n" % (width, height))
        for y in range(height):
            start = y * 7919 % (64 * 1024)
            row = noise[start : start + 3 * width]
            file.write(bytes(((x + y) // 3 % 192 + (byte & 31)) for x, byte in enumerate(row))
                       if width <= 1024 else row)


class PictureOrdeal:
    """A command line of `apply`, its inputs, and the outputs that it makes when left in peace."""

    def __init__(self, program, parent, name, words, inputs, outputs, environment=()):
        self.program, self.words, self.outputs = program, words, outputs
        self.environment = environment
        self.isInPlace = "--in-place" in words
        self.ground = Ground(parent, name.replace(" ", "-"))
        self.inputs = {}
        for file, (width, height, seed) in inputs.items():
            os.makedirs(os.path.dirname(self.ground(file)), exist_ok=True)
            picture(self.ground("raw.ppm"), width, height, seed)
            self.run(["apply", "-q", "-k", "identity", "raw.ppm", file])
            self.inputs[file] = digest(self.ground(file))
        os.unlink(self.ground("raw.ppm"))
        self.copies = os.path.join(parent, name.replace(" ", "-") + "-copies")
        shutil.copytree(self.ground.path, self.copies)
        self.ground.keep()
        ending = self.run(words)
        self.seconds = ending.seconds
        self.whole = {name: {digest(self.ground(name))} for name in outputs}
        self.reset()

    def run(self, words):
        ending = self.program.run(words, self.ground.path, environment=self.environment)
        if ending.status != 0:
            raise Fault(f"{' '.join(words)}: {ending}")
        return ending

    def reset(self):
        self.ground.clear()
        if self.isInPlace:
            for name in self.inputs:
                shutil.copy2(os.path.join(self.copies, name), self.ground(name))

    def strike(self, blow):
        """One blow, a look around, and the next run."""
        try:
            ending = self.program.run(
                self.words, self.ground.path, blow, moment(self.seconds),
                environment=self.environment)
            allowed = self.whole
            if self.isInPlace:
                allowed = {name: {self.inputs[name], *self.whole[name]} for name in self.outputs}
            if blow != signal.SIGKILL:
                if ending.status not in (0, -blow, 128 + blow):
                    raise Fault(f"a signal ends it with {ending}")
                if ending.struck and "error" in ending.errors:
                    raise Fault(f"a signal makes it speak of an error: {ending}")
            self.ground.check(
                allowed, mayLeave=blow == signal.SIGKILL, complete=self.isInPlace)
            if self.isInPlace:
                for name in self.inputs:
                    shutil.copy2(os.path.join(self.copies, name), self.ground(name))
            again = self.words if self.isInPlace else self.words + ["--force"]
            self.run(again)
            self.ground.check(self.whole, complete=True)
            return ending
        finally:
            self.reset()


def ordeals(program, parent):
    """Names, shares of all kills, and ordeals that are made when their turn comes."""
    many = {f"in/{n:02}.png": (300, 200, n) for n in range(12)}
    few = {f"sub/{n}.png": (400, 300, n) for n in range(6)}
    filtered = ["-k", "gaussian:sigma=3", "-k", "sobel"]

    def make(name, words, inputs, outputs, environment=()):
        return lambda: PictureOrdeal(
            program, parent, name, ["apply", "-q", *words], inputs, outputs, environment)

    named = {"CONVFILTER_NAMED_TEMPORARIES": "1"}
    file = ([*filtered, "in.png", "out.png"], {"in.png": (700, 500, 1)}, ["out.png"])
    place = (["--in-place", "-r", *filtered, "sub"], few, list(few))
    return [
        ("file", 3, make("file", *file)),
        ("file, named temporaries", 3, make("file named", *file, named)),
        ("folder", 4, make(
            "folder", ["-r", *filtered, "in", "made"], many,
            [name.replace("in/", "made/") for name in many])),
        ("folder, named temporaries", 3, make(
            "folder named", ["-r", "--threads", "16", *filtered, "in", "made"], many,
            [name.replace("in/", "made/") for name in many], named)),
        ("in place", 3, make("in place", *place)),
        ("in place, named temporaries", 3, make("in place named", *place, named)),
        ("large file", 2, make(
            "large", [*filtered, "in.jpg", "out.png"], {"in.jpg": (3000, 2000, 1)}, ["out.png"])),
    ]
