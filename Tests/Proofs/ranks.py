"""Training on several processes: the same weights, whatever happens to one of them.

    python3 Tests/Proofs/ranks.py CONVFILTER same [DATASET MODEL]    SHA-256 of the model after 2 epochs with
                                                                     1, 2, 3, 4 ranks of 1, 2 threads
    python3 Tests/Proofs/ranks.py CONVFILTER kills [N]               N kills of a rank (50), each gone on from
    python3 Tests/Proofs/ranks.py CONVFILTER speed [DATASET MODEL]   2 ranks of 1 thread beside 1 of 2

MPIRUN names the launcher (mpirun). Prints what was found; the status is 0 where all is as it should be.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

LAUNCHER = os.environ.get("MPIRUN", "mpirun")
ENVIRONMENT = dict(
    os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
    OMPI_MCA_rmaps_base_oversubscribe="1",
    # Others may want the processors, too; where speed is measured nobody gives way.
    OMPI_MCA_mpi_yield_when_idle="0" if sys.argv[2:3] == ["speed"] else "1")
SMALL = ["digits", "--layers",
         "conv 4 3x3 same; batchnorm; relu; maxpool 2; flatten; dense 16 relu; dense 10"]
KILLED = ["--epochs", "4", "--batch", "50", "--save-every", "3"]


def command(program, ranks, words):
    own = [program, "train"] + words
    return own if ranks == 1 else [LAUNCHER, "-n", str(ranks)] + own


def train(program, place, ranks, words):
    done = subprocess.run(
        command(program, ranks, words), cwd=place, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)} on {ranks} ranks: status {done.returncode}\n{done.stderr}")


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def same(program, words):
    found = set()
    with tempfile.TemporaryDirectory() as place:
        for ranks in (1, 2, 3, 4):
            for threads in (1, 2):
                train(program, place, ranks, words + [
                    "--epochs", "2", "--threads", str(threads), "--quiet", "--force", "--output",
                    "m.safetensors"])
                value = digest(f"{place}/m.safetensors")
                found.add(value)
                print(f"{ranks} ranks x {threads} threads  {value}", flush=True)
    return len(found) == 1


def processes(parent):
    """The processes below one, of which /proc tells."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    text = file.read()
            except OSError:
                continue
            children.setdefault(int(text.rsplit(")", 1)[1].split()[1]), []).append(int(name))
    found, rest = [], list(children.get(parent, []))
    while rest:
        found.append(rest[0])
        rest = rest[1:] + children.get(rest[0], [])
    return found


def ranks_of(launcher, program):
    """Those that train, of the processes of a launcher."""
    found = []
    for process in processes(launcher):
        try:
            if os.path.samefile(f"/proc/{process}/exe", program):
                found.append(process)
        except OSError:
            pass
    return found


def kill_one(program, place, draw, duration):
    """A training of which one rank is killed at some moment.

    Returns whether it was killed before it ended, and how long the others took to end.
    """
    ranks = draw.choice((2, 3, 4))
    words = SMALL + KILLED + ["--threads", str(draw.choice((1, 2))), "--output", "m.safetensors"]
    running = subprocess.Popen(
        command(program, ranks, words), cwd=place, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    checkpoint = f"{place}/m.checkpoint.safetensors"
    while not os.path.exists(checkpoint) and running.poll() is None:
        time.sleep(0.01)
    time.sleep(draw.uniform(0, duration))
    victims = ranks_of(running.pid, program)
    if not victims:
        running.wait()
        return False, 0
    try:
        os.kill(draw.choice(victims), signal.SIGKILL)
    except ProcessLookupError:
        pass
    begun = time.time()
    running.wait()
    return running.returncode != 0, time.time() - begun


def kills(program, number):
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as place:
        begun = time.time()
        train(program, place, 2, SMALL + KILLED + ["--quiet", "--output", "m.safetensors"])
        duration, wanted = time.time() - begun, digest(f"{place}/m.safetensors")
    print(f"without a kill: {wanted}")
    done, tries, longest = 0, 0, 0.0
    while done < number:
        tries += 1
        with tempfile.TemporaryDirectory() as place:
            was_killed, seconds = kill_one(program, place, draw, duration)
            if was_killed:
                # What a kill leaves behind its last epoch is complete, or goes on from the checkpoint.
                ranks = draw.choice((1, 2, 3, 4))
                if os.path.exists(f"{place}/m.checkpoint.safetensors"):
                    train(program, place, ranks, [
                        "digits", "--resume", "m.checkpoint.safetensors", "--quiet"])
                done += 1
                longest = max(longest, seconds)
            if digest(f"{place}/m.safetensors") != wanted:
                print(f"kill {done}: another model")
                return False
    print(f"{done} kills ({tries} trainings): the same model after each; the other ranks ended within "
          f"{longest:.1f} s")
    return longest < 30


def speed(program, words):
    seconds = {}
    with tempfile.TemporaryDirectory() as place:
        # In turns: what else the machine does meets both.
        for _ in range(3):
            for ranks, threads in ((1, 2), (2, 1)):
                train(program, place, ranks, words + [
                    "--epochs", "2", "--threads", str(threads), "--quiet", "--force", "--output",
                    "m.safetensors"])
                with open(f"{place}/m-log.jsonl") as log:
                    epochs = [json.loads(line)["seconds"] for line in log]
                seconds.setdefault((ranks, threads), []).append(min(epochs))
    one, two = min(seconds[(1, 2)]), min(seconds[(2, 1)])
    print(f"1 rank x 2 threads: {one:.2f} s an epoch; 2 ranks x 1 thread: {two:.2f} s: "
          f"{100 * one / two:.0f} % of the speed")
    return one / two >= 0.85


def main():
    program, what, *rest = sys.argv[1:]
    program = os.path.abspath(program)
    words = [rest[0], "--model", rest[1]] if len(rest) == 2 else SMALL
    if what == "same":
        good = same(program, words)
    elif what == "kills":
        good = kills(program, int(rest[0]) if rest else 50)
    elif what == "speed":
        good = speed(program, words)
    else:
        sys.exit(__doc__)
    sys.exit(0 if good else 1)


main()
