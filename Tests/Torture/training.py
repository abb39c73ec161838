"""Ordeals of `train` and `dataset fetch`: killed again and again, they end where they would have."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time

from ground import Fault, Ground, digest, moment

LAYERS = "conv 6 3x3 same relu; maxpool 2; flatten; dense 10"


class TrainingOrdeal:
    """A small training. A blow hits it at any moment; it goes on from its checkpoint."""

    WORDS = ["train", "digits", "--layers", LAYERS, "--epochs", "3", "--batch", "32", "-q",
             "--ema", "0.99", "--augment", "shift=1", "--validation", "0.2", "--save-every", "7",
             "--output", "m.safetensors"]
    OURS = ["m.safetensors", "m-last.safetensors", "m.checkpoint.safetensors", "m-log.jsonl", "m-curves.png",
            "m-confusion.png", "m-report.html"]

    def __init__(self, program, parent):
        self.program = program
        self.ground = Ground(parent, "train")
        ending = program.run(self.WORDS, self.ground.path)
        if ending.status != 0:
            raise Fault(f"train: {ending}")
        self.seconds = ending.seconds
        self.model = digest(self.ground("m.safetensors"))
        self.ground.clear()
        self.struck = 0

    def words(self):
        checkpoint = "m.checkpoint.safetensors"
        if not os.path.exists(self.ground(checkpoint)):
            return self.WORDS
        return ["train", "digits", "-q", "--resume", checkpoint, "--save-every", "7"]

    def strike(self, blow):
        """One blow; every third run comes to its end, which is the end of the undisturbed one."""
        ending = self.program.run(self.words(), self.ground.path, blow, moment(self.seconds))
        if blow != signal.SIGKILL and ending.status not in (0, -blow, 128 + blow):
            raise Fault(f"a signal ends it with {ending}")
        self.look(mayLeave=blow == signal.SIGKILL)
        self.struck += 1
        if self.struck % 3 == 0 or ending.status == 0:
            try:
                # Struck between its last deed, to remove the checkpoint, and its end, it lacks nothing.
                isDone = (os.path.exists(self.ground("m.safetensors"))
                          and not os.path.exists(self.ground("m.checkpoint.safetensors")))
                if ending.status != 0 and not isDone:
                    last = self.program.run(self.words(), self.ground.path)
                    if last.status != 0:
                        raise Fault(f"the resumed training: {last}")
                self.look(mayLeave=False)
                if digest(self.ground("m.safetensors")) != self.model:
                    raise Fault("the resumed model is another one")
            finally:
                self.ground.clear()
        return ending

    def look(self, mayLeave):
        """Files of the run are whole, others untouched."""
        there = [name for name in self.OURS if os.path.exists(self.ground(name))]
        # What a text or a picture holds depends on the moment; that they are whole shows at the end.
        allowed = {name: {digest(self.ground(name))} for name in there}
        if "m.safetensors" in allowed:
            allowed["m.safetensors"] = {self.model}
        try:
            self.ground.check(allowed, mayLeave=mayLeave)
            for name in there:
                self.whole(name)
        except Fault:
            self.ground.clear()
            raise

    def whole(self, name):
        with open(self.ground(name), "rb") as file:
            content = file.read()
        good = {
            ".safetensors": lambda: len(content) > 8 and len(content) > int.from_bytes(content[:8], "little"),
            ".png": lambda: content.endswith(b"IEND\xaeB`\x82"),
            ".html": lambda: content.rstrip().endswith(b"</html>"),
            ".jsonl": lambda: content.endswith(b"\n"),
        }[os.path.splitext(name)[1]]
        if content and not good():
            raise Fault(f"{name} is not whole ({len(content)} bytes)")


class FetchOrdeal:
    """`dataset fetch fashion-mnist` from a mirror on this machine.

    Where the published files are not at hand the mirror serves others of their sizes: then every run
    that comes to its end must refuse them, and no data set may ever appear.
    """

    FILES = {
        "train-images-idx3-ubyte.gz": (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        "train-labels-idx1-ubyte.gz": (29_515, "25c81989df183df01b3e8a0aad5dffbe"),
        "t10k-images-idx3-ubyte.gz": (4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
        "t10k-labels-idx1-ubyte.gz": (5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
    }

    @classmethod
    def source(cls, given):
        """A folder that holds the files as they were published, or None."""
        def is_published(folder, name, md5):
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    return hashlib.md5(file.read()).hexdigest() == md5
            except OSError:
                return False
        for folder in [given, "/usr/share/datasets/fashion-mnist"]:
            if folder and all(is_published(folder, name, md5)
                              for name, (_, md5) in cls.FILES.items()):
                return folder
        return None

    def __init__(self, program, parent, source):
        self.program = program
        self.ground = Ground(parent, "fetch")
        self.mirror = os.path.join(parent, "mirror")
        served = os.path.join(self.mirror, "files", "fashion-mnist")
        os.makedirs(os.path.dirname(served))
        self.whole = {}
        if source:
            os.symlink(source, served)
            self.whole = {f"data/fashion-mnist/{name}": {digest(os.path.join(source, name))}
                          for name in self.FILES}
        else:
            os.mkdir(served)
            for name, (size, _) in self.FILES.items():
                with open(os.path.join(served, name), "wb") as file:
                    file.write(random.randbytes(size))
        script = os.path.join(os.path.dirname(__file__), "..", "Servers", "mirror.py")
        self.server = subprocess.Popen([sys.executable, script, self.mirror, "600"])
        while not os.path.exists(os.path.join(self.mirror, "port")):
            time.sleep(0.05)
        with open(os.path.join(self.mirror, "port")) as file:
            address = f"http://127.0.0.1:{file.read()}/good"
        self.words = ["dataset", "fetch", "fashion-mnist", "-q", "--mirror", address, "--data", "data"]
        self.seconds = self.complete().seconds
        self.ground.clear()

    def complete(self):
        ending = self.program.run(self.words, self.ground.path)
        if ending.status != (0 if self.whole else 1):
            raise Fault(f"fetch: {ending}")
        if not self.whole:
            self.ground.check({}, mayLeave=True)
            return ending
        # The lock stays: to remove it would let two processes hold it.
        self.ground.check(
            {**self.whole, "data/.fashion-mnist.lock": {hashlib.sha256(b"").hexdigest()}})
        if not all(os.path.exists(self.ground(name)) for name in self.whole):
            raise Fault("a file is missing")
        return ending

    def strike(self, blow):
        try:
            ending = self.program.run(self.words, self.ground.path, blow, moment(self.seconds))
            self.ground.check(self.whole, mayLeave=True)
            self.complete()
            return ending
        finally:
            self.ground.clear()

    def stop(self):
        self.server.kill()
        self.server.wait()
