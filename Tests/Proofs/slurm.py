"""The scripts for Slurm of docs/many-machines.md, run by a Slurm of one node that this starts and ends.

    python3 Tests/Proofs/slurm.py CONVFILTER

The array filters pictures, each task a share: every result must be there, once, as one process makes it. The
training is told to stop once it has a checkpoint, is submitted again, goes on, and must end with the weights of
one process; it trains a smaller network on the built-in digits, on fewer ranks. So does one whose ranks srun starts. Wants root, Debian's slurm-wlm and
munge, and mpirun; where one is missing it says so, and the status is 0.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/many-machines.md")
MODEL = ["--model", "digits-conv", "--epochs", "6"]

CONFIGURATION = """
ClusterName=one
SlurmctldHost={host}
AuthType=auth/munge
AuthInfo=socket={place}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.pid
SlurmctldPort={port}
SlurmdPort={next}
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
NodeName={host} CPUs=16 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    os.environ["PATH"] += ":/usr/sbin"
    for name in ("munged", "slurmctld", "slurmd", "sbatch", "mpirun"):
        if shutil.which(name) is None:
            return f"no {name}"
    return None if os.geteuid() == 0 else "not root"


def free_port():
    """Two neighbouring ones."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("", port + 1))
                return port
            except (OSError, OverflowError):
                pass


class Cluster:
    """One node, for as long as it is entered."""

    def __init__(self, place):
        self.place = place
        self.processes = []

    def start(self, *words):
        with open(f"{self.place}/{words[0]}.log", "w") as log:
            self.processes.append(subprocess.Popen(words, stdout=log, stderr=log))

    def __enter__(self):
        place, host, port = self.place, socket.gethostname().split(".")[0], free_port()
        for name in ("state", "spool"):
            os.mkdir(f"{place}/{name}")
        with open(f"{place}/munge.key", "wb") as key:
            key.write(os.urandom(1024))
        os.chmod(f"{place}/munge.key", 0o400)
        with open(f"{place}/slurm.conf", "w") as file:
            file.write(CONFIGURATION.format(host=host, place=place, port=port, next=port + 1))
        os.environ["SLURM_CONF"] = f"{place}/slurm.conf"
        self.start(
            "munged", "--force", "--foreground", f"--key-file={place}/munge.key",
            f"--socket={place}/munge.socket", f"--pid-file={place}/munge.pid",
            f"--log-file={place}/munge.log", f"--seed-file={place}/munge.seed")
        wait(lambda: os.path.exists(f"{place}/munge.socket"), 20)
        self.start("slurmctld", "-D")
        self.start("slurmd", "-D")
        return self if wait(self.is_idle, 60) else None

    def is_idle(self):
        found = subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True, text=True)
        return "idle" in found.stdout

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait(is_so, seconds):
    end = time.time() + seconds
    while time.time() < end:
        if is_so():
            return True
        time.sleep(0.2)
    return is_so()


def script(folder, text, **changes):
    """A block of the page in a file, with words of it changed; the page must have these words."""
    with open(PAGE) as file:
        blocks = re.findall(r"```sh\n(.*?)```", file.read(), re.DOTALL)
    block = next(block for block in blocks if text in block)
    for old, new in changes.get("words", {}).items():
        assert old in block, f"no {old} in the script with {text}"
        block = block.replace(old, new)
    with open(f"{folder}/script.sh", "w") as file:
        file.write(block)
    return "script.sh"


def submit(folder, name, *words):
    return subprocess.run(
        ["sbatch", "--parsable", *words, name], cwd=folder, capture_output=True, text=True
    ).stdout.strip()


def run(program, folder, words):
    subprocess.run([program, *words], cwd=folder, check=True, stderr=subprocess.DEVNULL)


def filters(program, folder):
    for index in range(24):
        os.makedirs(f"{folder}/photos/{index % 3}", exist_ok=True)
        with open(f"{folder}/photos/{index % 3}/{index}.ppm", "wb") as file:
            file.write(b"P6 9 7 255\n" + bytes((index * k * k + 7 * k) % 256 for k in range(189)))
    run(program, folder, ["apply", "-k", "sharpen", "-r", "photos", "whole"])
    submit(folder, script(folder, "#SBATCH --array"), "--wait")

    def files(name):
        found = {}
        for parent, _, names in os.walk(f"{folder}/{name}"):
            for file in names:
                with open(f"{parent}/{file}", "rb") as bytes_of:
                    found[os.path.relpath(f"{parent}/{file}", f"{folder}/{name}")] = bytes_of.read()
        return found

    logs = "".join(
        open(f"{folder}/{name}").read() for name in os.listdir(folder) if name.startswith("log-"))
    good = files("sharp") == files("whole") and logs.count('"status": "written"') == 24
    print(f"array of 16 tasks: {len(files('sharp'))} results, each as one process makes it: {good}")
    return good


def trains(program, folder):
    run(program, folder, [
        "train", "digits", *MODEL, "--threads", "1", "--quiet", "--output", "one.safetensors"])
    name = script(folder, "#SBATCH --ntasks", words={
        "--ntasks=16": "--ntasks=3", "cifar10-cifar-94": "digits-digits-conv", "cifar10": "digits",
        "--model cifar-94": " ".join(MODEL) + " --threads 1"})
    state = f"{folder}/digits-digits-conv.checkpoint.safetensors"
    log = f"{folder}/training.log"
    job = submit(folder, name, "--output", log)
    wait(lambda: os.path.exists(state), 60)
    subprocess.run(["scancel", "--batch", "--signal=TERM", job], check=True)
    wait(lambda: subprocess.run(
        ["squeue", "-h", "-j", job], capture_output=True, text=True).stdout == "", 60)
    with open(log) as file:
        stopped = "Go on with:" in file.read()
    submit(folder, name, "--wait", "--output", f"{folder}/again.log")
    with open(f"{folder}/one.safetensors", "rb") as one, \
            open(f"{folder}/digits-digits-conv.safetensors", "rb") as many:
        same = one.read() == many.read()
    print(f"training on 3 ranks: stopped by the signal and saved: {stopped}; gone on to the weights of "
          f"one process: {same}")
    return stopped and same


def starts(program, folder):
    """Without mpirun, where Slurm has its plugin."""
    plugins = subprocess.run(["srun", "--mpi=list"], capture_output=True, text=True)
    if "pmix" not in plugins.stdout + plugins.stderr:
        print("no plugin for PMIx: srun does not start ranks")
        return True
    words = ["train", "digits", *MODEL, "--threads", "1", "--quiet", "--output"]
    run(program, folder, [*words, "one.safetensors"])
    done = subprocess.run(
        ["srun", "--mpi=pmix", "-n", "3", program, *words, "three.safetensors"], cwd=folder,
        capture_output=True, text=True)
    if "can not load PMIx library" in done.stderr:
        print("no libpmix.so (libpmix-dev): srun does not start ranks")
        return True
    same = done.returncode == 0
    if same:
        with open(f"{folder}/one.safetensors", "rb") as one, \
                open(f"{folder}/three.safetensors", "rb") as three:
            same = one.read() == three.read()
    else:
        print(done.stderr, end="")
    print(f"three ranks started by srun: the weights of one process: {same}")
    return same


def main():
    program = os.path.abspath(sys.argv[1])
    reason = missing()
    if reason:
        print(f"{reason}: the scripts for Slurm are not run")
        return
    os.environ.update(
        PATH=os.path.dirname(program) + ":" + os.environ["PATH"], OMPI_ALLOW_RUN_AS_ROOT="1",
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_rmaps_base_oversubscribe="1",
        OMPI_MCA_mpi_yield_when_idle="1")
    with tempfile.TemporaryDirectory(prefix="slurm") as place:
        for name in ("cluster", "filters", "trains", "starts"):
            os.mkdir(f"{place}/{name}")
        with Cluster(f"{place}/cluster") as cluster:
            if cluster is None:
                print("Slurm does not start here: its scripts are not run")
                return
            good = [
                part(program, f"{place}/{part.__name__}") for part in (filters, trains, starts)]
    sys.exit(0 if all(good) else 1)


main()
