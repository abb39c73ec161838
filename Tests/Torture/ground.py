"""The place where a program is tormented, and what may be found there afterwards."""

import hashlib
import os
import random
import shutil
import signal
import stat
import subprocess
import time


class Fault(Exception):
    """Something that a promise rules out."""


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Ending:
    """How a run ended."""

    def __init__(self, status, errors, seconds, struck):
        self.status, self.errors, self.seconds, self.struck = status, errors, seconds, struck

    def __str__(self):
        return f"status {self.status}: {self.errors.strip()[:200] or 'no word'}"


class Program:
    """The program under test, run in a folder with an environment that it shares with nobody."""

    def __init__(self, path, home):
        self.path = os.path.abspath(path)
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": home, "LC_ALL": "C",
            "no_proxy": "127.0.0.1",
            # A trace of the stack takes a second; the status says enough.
            "SWIFT_BACKTRACE": "enable=no",
        }

    def start(self, words, folder, prepare=None, environment=()):
        return subprocess.Popen(
            [self.path, *words], cwd=folder, env={**self.environment, **dict(environment)},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True, preexec_fn=prepare)

    def run(self, words, folder, blow=None, after=None, prepare=None, environment=(), limit=600):
        """Runs the program to its end; `after` seconds it is sent the signal `blow`."""
        begin = time.monotonic()
        process = self.start(words, folder, prepare, environment)
        struck = False
        if blow is not None:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(blow)
                struck = True
        try:
            # After SIGKILL nothing is read: a child may hold the pipe open.
            errors = b"" if blow == signal.SIGKILL else process.communicate(timeout=limit)[1]
            process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Fault(f"no end after {limit} s: {' '.join(words)}")
        finally:
            process.stderr.close()
        ending = Ending(
            process.returncode, errors.decode(errors="replace"), time.monotonic() - begin, struck)
        orphans(process.pid)
        return ending


def orphans(group):
    """No child may live on for long after the program."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    raise Fault("children live on after the program")


class Ground:
    """A folder with files of other people, which are to stay as they are."""

    FOREIGN = {
        "notes.txt": b"not ours\n", ".convfilter-notes": b"a name that begins like a temporary\n",
        "out.png.bak": b"a copy\n", "sub/.hidden": b"hidden\n",
        ".mnist.partial.txt": b"nor is this\n",
    }

    def __init__(self, parent, name):
        self.path = os.path.join(parent, name)
        os.mkdir(self.path)
        for file, content in self.FOREIGN.items():
            self.write(file, content)
        self.before = {}
        self.keep()

    def __call__(self, name):
        return os.path.join(self.path, name)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self(name)), exist_ok=True)
        with open(self(name), "wb") as file:
            file.write(content)

    def names(self):
        found = []
        for folder, _, files in os.walk(self.path):
            found += [os.path.relpath(os.path.join(folder, file), self.path) for file in files]
        return sorted(found)

    def keep(self):
        """All that is here now is to stay."""
        self.before = {name: self.state(name) for name in self.names()}

    def state(self, name):
        status = os.lstat(self(name))
        content = digest(self(name)) if stat.S_ISREG(status.st_mode) else ""
        return (status.st_mode, status.st_uid, status.st_mtime_ns, content)

    def check(self, outputs, mayLeave=False, complete=False):
        """Whether everything here is as it was, or an output that is whole.

        - outputs: from names to the digests that they may have.
        - mayLeave: whether temporary files may lie about, as after a kill -9.
        - complete: whether every output must be there.
        """
        names = self.names()
        for name, state in self.before.items():
            if name not in outputs and (name not in names or self.state(name) != state):
                raise Fault(f"{name}, which is another's, was touched")
        for name in names:
            if name in outputs:
                if digest(self(name)) not in outputs[name]:
                    raise Fault(f"{name} is not whole ({os.path.getsize(self(name))} bytes)")
            elif name not in self.before and not (mayLeave and is_temporary(name)):
                raise Fault(f"{name} was left behind")
        if complete and (missing := [name for name in outputs if name not in names]):
            raise Fault(f"{missing[0]} is missing")

    def clear(self, keep=()):
        """Takes away what was not here before."""
        for name in self.names():
            if name not in self.before and name not in keep:
                os.unlink(self(name))
        for folder, folders, files in os.walk(self.path, topdown=False):
            if folder != self.path and not os.listdir(folder):
                os.rmdir(folder)

    def remove(self):
        shutil.rmtree(self.path)


def is_temporary(name):
    """A name that the manual gives temporary files."""
    return any(
        part.startswith(".convfilter-") or (part.startswith(".") and part.endswith((".partial", ".lock")))
        for part in name.split("/"))


class Table:
    """What was done and what failed."""

    def __init__(self):
        self.rows = []

    def row(self, name):
        self.rows.append({"name": name, "done": 0, "struck": 0, "note": "", "faults": []})
        return Row(self.rows[-1])

    def print(self):
        print(f"\n{'ordeal':<44}{'runs':>7}{'struck':>8}{'faults':>8}")
        for row in self.rows:
            print(f"{row['name']:<44}{row['done']:>7}{row['struck']:>8}{len(row['faults']):>8}  {row['note']}")
        for row in self.rows:
            for fault, count in sorted({f: row["faults"].count(f) for f in row["faults"]}.items()):
                print(f"FAULT {row['name']}: {fault}" + (f" ({count} times)" if count > 1 else ""))

    @property
    def faults(self):
        return sum(len(row["faults"]) for row in self.rows)


class Row:
    def __init__(self, row):
        self.row = row

    def skip(self, reason):
        self.row["note"] = "skipped: " + reason

    def note(self, text):
        self.row["note"] = text

    def attempt(self, work):
        """Does something once; a fault is written down."""
        self.row["done"] += 1
        try:
            ending = work()
            if ending is not None and ending.struck:
                self.row["struck"] += 1
        except Fault as fault:
            self.row["faults"].append(str(fault))


def moment(seconds):
    """A time within a run, now and then just behind its end."""
    return random.uniform(0, 1.1 * seconds)
