"""Ordeals of want: too little room, memory, files; places that cannot be written; other writers."""

import os
import random
import resource
import shutil
import signal
import subprocess

from ground import Fault, Ground, digest
from pictures import picture

FILTERED = ["-k", "gaussian:sigma=3", "-k", "sobel"]


def limited(kind, value):
    """What a child does before it becomes the program."""
    def prepare():
        resource.setrlimit(kind, (value, value))
        # Python ignores this signal; a shell does not.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    return prepare


class Scarcity:
    """A few pictures, and what becomes of them under a limit."""

    NAMES = [f"in/{n}.png" for n in range(4)]
    MADE = [name.replace("in/", "made/") for name in NAMES]

    def __init__(self, program, parent):
        self.program, self.parent = program, parent
        self.ground = Ground(parent, "scarcity")
        for n, name in enumerate(self.NAMES):
            picture(self.ground("raw.ppm"), 300 + 150 * n, 240, n)
            os.makedirs(self.ground("in"), exist_ok=True)
            self.good(["apply", "-q", "-k", "identity", "raw.ppm", name])
        os.unlink(self.ground("raw.ppm"))
        self.ground.keep()
        self.good(["apply", "-q", "-r", *FILTERED, "in", "made"])
        self.whole = {name: {digest(self.ground(name))} for name in self.MADE}
        self.ground.clear()

    def good(self, words):
        ending = self.program.run(words, self.ground.path)
        if ending.status != 0:
            raise Fault(f"{' '.join(words)}: {ending}")

    def under(self, prepare, environment=(), may_abort=False):
        """The batch under a limit: results are whole, or the status is 1 and a reason is given.

        may_abort: whether the run-time system may end the program where memory for its own needs is
        wanting; what is there must be whole even so.
        """
        try:
            ending = self.program.run(
                ["apply", "-r", *FILTERED, "in", "made"], self.ground.path, prepare=prepare,
                environment=environment)
            if may_abort and ending.status < 0:
                self.ground.check(self.whole, complete=False)
                return ending
            if ending.status not in (0, 1):
                raise Fault(f"the batch ends with {ending}")
            if ending.status == 1 and not ending.errors.strip():
                raise Fault("the batch fails without a word")
            self.ground.check(self.whole, complete=ending.status == 0)
            if ending.status == 0 and ending.errors.count("error:"):
                raise Fault(f"errors with status 0: {ending}")
            return ending
        finally:
            self.ground.clear()

    def smallest(self, kind, low, high):
        """The smallest limit with which the program starts at all: below, the system ends it."""
        while high - low > max(1, low // 20):
            middle = (low + high) // 2
            # SIGSEGV and the like of a loader without memory are no news.
            ending = self.program.run(["--version"], self.ground.path, prepare=limited(kind, middle))
            low, high = (low, middle) if ending.status == 0 else (middle, high)
        return high


class Device:
    """A small file system of its own; root makes it."""

    def __init__(self, parent, size):
        self.path = os.path.join(parent, "device")
        os.makedirs(self.path, exist_ok=True)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.path], check=True,
            stderr=subprocess.DEVNULL)

    def read_only(self):
        subprocess.run(["mount", "-o", "remount,ro", self.path], check=True)

    def remove(self):
        subprocess.run(["umount", "-l", self.path], check=True)
        os.rmdir(self.path)


def device(parent, size):
    try:
        return Device(parent, size)
    except (OSError, subprocess.CalledProcessError):
        return None


def run(program, parent, table, share):
    scarcity = Scarcity(program, parent)
    ground = scarcity.ground
    named = {"CONVFILTER_NAMED_TEMPORARIES": "1"}

    row = table.row("files of limited size (SIGXFSZ)")
    for n in range(share):
        size = random.choice([0, 1, 100, 10_000, 60_000, 150_000])
        row.attempt(lambda: scarcity.under(
            limited(resource.RLIMIT_FSIZE, size), named if n % 2 else ()))

    row = table.row("few descriptors")
    least = scarcity.smallest(resource.RLIMIT_NOFILE, 3, 64)
    for n in range(share):
        row.attempt(lambda: scarcity.under(limited(resource.RLIMIT_NOFILE, least + n % 8)))

    row = table.row("little memory")
    least = scarcity.smallest(resource.RLIMIT_AS, 1 << 20, 4 << 30)
    row.note(f"from {least >> 20} MiB")
    for n in range(share):
        size = least + random.choice([1, 4, 16, 64, 256]) * random.randrange(1 << 20)
        row.attempt(lambda: scarcity.under(limited(resource.RLIMIT_AS, size), may_abort=True))

    full_device(program, parent, table, scarcity, share)
    read_only(program, parent, table, scarcity)
    two_writers(program, table, scarcity, share)
    results_to_nowhere(program, table, ground)
    ground.remove()


def full_device(program, parent, table, scarcity, share):
    row = table.row("a full device")
    for n in range(share):
        small = device(parent, f"{random.choice([0, 4, 40, 120, 200, 300]) or 4}k")
        if small is None:
            return row.skip("mounting a file system needs root")

        def attempt():
            ending = program.run(
                ["apply", "-r", *FILTERED, "in", small.path + "/made"], scarcity.ground.path,
                environment={"CONVFILTER_NAMED_TEMPORARIES": "1"} if n % 2 else ())
            names = [os.path.join(folder, file) for folder, _, files in os.walk(small.path)
                     for file in files]
            for name in names:
                known = scarcity.whole.get(os.path.relpath(name, small.path))
                if known is None or digest(name) not in known:
                    raise Fault(f"{os.path.basename(name)} is not whole or was left behind")
            isDone = len(names) == len(scarcity.MADE)
            if ending.status != (0 if isDone else 1):
                raise Fault(f"{len(names)} of {len(scarcity.MADE)} are there: {ending}")
            if not isDone and "space" not in ending.errors:
                raise Fault(f"no word of the space that lacks: {ending}")
            return ending
        row.attempt(attempt)
        small.remove()


def read_only(program, parent, table, scarcity):
    row = table.row("a place that is read-only")
    place = device(parent, "4m")
    if place is None:
        return row.skip("mounting a file system needs root")
    for name in scarcity.NAMES:
        shutil.copy(scarcity.ground(name), place.path)
    before = {name: digest(os.path.join(place.path, name)) for name in os.listdir(place.path)}
    place.read_only()
    for words in (
        ["apply", *FILTERED, "in/0.png", place.path + "/out.png"],
        ["apply", "-r", *FILTERED, "in", place.path + "/made"],
        ["apply", "--in-place", "-r", *FILTERED, place.path],
        ["train", "digits", "--layers", "flatten; dense 10", "--epochs", "1", "--output",
         place.path + "/m.safetensors"],
        ["dataset", "fetch", "mnist", "--mirror", "http://127.0.0.1:1", "--data",
         place.path + "/data"],
    ):
        def attempt():
            ending = program.run(words, scarcity.ground.path)
            if ending.status != 1 or "read-only" not in ending.errors.lower():
                raise Fault(f"{' '.join(words[:2])}: {ending}")
            after = {name: digest(os.path.join(place.path, name)) for name in os.listdir(place.path)}
            if after != before:
                raise Fault("the place has changed")
            return ending
        row.attempt(attempt)
    place.remove()


def two_writers(program, table, scarcity, share):
    """Two programs write the same file at once: it is that of one of them."""
    ground = scarcity.ground
    kernels = ["gaussian:sigma=3", "sobel"]
    whole = set()
    for kernel in kernels:
        scarcity.good(["apply", "-q", "-k", kernel, "in/3.png", "out.png"])
        whole.add(digest(ground("out.png")))
        ground.clear()
    for name, words, statuses in (
        ("two writers, --force", ["--force"], [{0}, {0}]),
        ("two writers, --no-clobber", ["--no-clobber"], [{0}, {0}]),
        ("two writers", [], [{0}, {0, 1}]),
    ):
        row = table.row(name)
        for n in range(share):
            def attempt():
                try:
                    both = [program.start(
                        ["apply", *words, "-k", kernel, "in/3.png", "out.png"], ground.path)
                        for kernel in kernels]
                    errors = [one.communicate(timeout=60)[1].decode() for one in both]
                    ends = sorted(one.returncode for one in both)
                    if any(end not in allowed for end, allowed in zip(ends, statuses)):
                        raise Fault(f"statuses {ends}: {' '.join(errors).strip()[:200]}")
                    ground.check({"out.png": whole}, complete=True)
                finally:
                    ground.clear()
            row.attempt(attempt)


def results_to_nowhere(program, table, ground):
    """What is printed to a full device is missed, and the status says so."""
    row = table.row("results to a full device")
    if not os.path.exists("/dev/full"):
        return row.skip("there is no /dev/full")
    for words in (
        ["--help"], ["--version"], ["kernels"], ["kernels", "sobel"], ["dataset", "list"],
        ["summary", "digits-conv"], ["matrix", "-k", "box", "in/0.txt"],
        ["apply", "--json", "-k", "box", "in/0.png", "out.png"],
        ["apply", "--dry-run", "-k", "box", "in/0.png", "out.png"],
        ["apply", "-k", "box", "in/0.png", "-"],
    ):
        def attempt():
            if "in/0.txt" in words:
                ground.write("in/0.txt", b"1 2 3\n4 5 6\n7 8 9\n")
            try:
                with open("/dev/full", "wb") as full:
                    ending = subprocess.run(
                        [program.path, *words], cwd=ground.path, env=program.environment,
                        stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, timeout=60)
                errors = ending.stderr.decode(errors="replace")
                if ending.returncode != 1 or not errors.strip():
                    raise Fault(
                        f"{' '.join(words)}: status {ending.returncode}: {errors.strip()[:200]}")
            finally:
                ground.clear()
        row.attempt(attempt)
