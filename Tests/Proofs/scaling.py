"""How training scales over machines: a model of the time of a step, checked here and drawn to 1,024 ranks.

    python3 Tests/Proofs/scaling.py CONVFILTER [DRAWING.svg [STEPS]]

A step is played layer by layer: forwards, backwards, and what ranks tell each other.

- compute: seconds of a processor an example, measured here with cifar-94 on pictures that this writes; of the
  two larger networks by their multiplications, at the same rate. A third of it is the way forward.
- largest share: a batch is cut into the leaves of a tree (16, beyond 512 examples a power of two so that a
  leaf has 32 at most); a rank has whole leaves.
- straggling: the slowest of N whose steps vary by 2 %: 1 + 0.02 · √(2 ln N).
- normalisations, there and back: all wait for log₂N · α and 16 · leaves · channels · β.
- sums of w weights, as soon as a layer's are there: 2 · (N − 1) messages of 5 µs, then
  2 · (N − 1)/N · 4w · β on the line while the layers before it go on; small sums of many ranks instead by
  halving, for which all wait: 2 · log₂N · α more. The rule is that of RankSum.swift.
- logits, and the gradient of the output: gathered from all.
- the last, dense layer: each rank gets the others' inputs of its part, sums that part alone, changes it and tells
  the others the weights, which they wait for in that layer only; or all inputs are gathered, and each sums all.
  The rule is that of DenseBlock+Ranks.swift.
- reading is ahead of its use, and takes no time as long as a rank decodes as fast as it computes.

α, β: 20 µs and 10 Gbit/s, 5 µs and 100 Gbit/s. Prints tables, and what would help; draws images a second
over ranks. STEPS of 1,024 images are run (3). Runs of several ranks are timed by the clock: nothing else
should run then.
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile

# Examples of a batch: of the published recipe, and sixteen times as many.
NETWORKS = {"cifar-94": (1024, 16384), "ResNet-18": (256, 4096), "EfficientNet-Lite0": (256, 4096)}
LINKS = {"10 Gbit/s": (20e-6, 8 / 10e9), "100 Gbit/s": (5e-6, 8 / 100e9)}
RANKS = [1 << k for k in range(11)]
MESSAGE = 5e-6
# Of a rank: several are worth 80 % of as many alone.
THREADS = (1, 64)


def leaves(batch):
    count = 16
    while count * 32 < batch:
        count *= 2
    return min(count, batch)


def layers(name):
    """From the input on: weights, multiplications an example, normalised channels; inputs and outputs of the
    last, dense layer."""
    found = []

    def add(weights, side, channels=0):
        found.append((weights, weights * side * side, channels))

    if name == "cifar-94":
        add(3 * 4 * 24, 31)
        width, side = 24, 31
        for out in (64, 256, 256):
            add(width * out * 9, side, out)
            side //= 2
            add(out * out * 9, side, out)
            width = out
        return found, (256, 10)
    if name == "ResNet-18":
        add(3 * 64 * 49, 112, 64)
        width = 64
        for out, side in ((64, 56), (128, 28), (256, 14), (512, 7)):
            add(width * out * 9, side, out)
            for _ in range(3):
                add(out * out * 9, side, out)
            if out != width:
                add(width * out, side, out)
            width = out
        return found, (512, 1000)
    add(3 * 32 * 9, 112, 32)
    width, side = 32, 112
    for expand, kernel, out, repeats, stride in (
            (1, 3, 16, 1, 1), (6, 3, 24, 2, 2), (6, 5, 40, 2, 2), (6, 3, 80, 3, 2), (6, 5, 112, 3, 1),
            (6, 5, 192, 4, 2), (6, 3, 320, 1, 1)):
        for repeat in range(repeats):
            inner = width * expand
            if expand > 1:
                add(width * inner, side, inner)
            side //= stride if repeat == 0 else 1
            add(inner * kernel * kernel, side, inner)
            add(inner * out, side, out)
            width = out
    add(320 * 1280, 7, 1280)
    return found, (1280, 1000)


def multiplications(name):
    return sum(layer[1] for layer in layers(name)[0])


def dense(batch, ranks, inputs, outputs):
    """Bytes that each rank gets for the last layer: of its inputs, and of its weights once changed."""
    share, products = (ranks - 1) / ranks, 0.05 * batch * inputs * outputs
    gathered = batch * inputs * share + products
    divided = batch * inputs * share / ranks + inputs * outputs * share + products / ranks + 10_000 * (ranks - 1)
    if divided < gathered:
        return 4 * batch * inputs * share / ranks, 4 * inputs * outputs * share
    return 4 * batch * inputs * share, 0


def step(name, batch, ranks, seconds, link, float_bytes=4, overlaps=True, apart=1):
    """Seconds of a step.

    float_bytes: of a number of a sum that is sent; overlaps: whether lines carry while processors compute;
    apart: steps of which sums are exchanged once.
    """
    alpha, beta = link
    found, (inputs, outputs) = layers(name)
    compute = seconds * math.ceil(leaves(batch) / ranks) * batch / leaves(batch)
    if ranks == 1:
        return compute
    compute *= 1 + 0.02 * math.sqrt(2 * math.log(ranks))
    high, share = math.log2(ranks), (ranks - 1) / ranks
    whole = multiplications(name)

    def gather(count_bytes):
        return high * alpha + count_bytes * beta

    now = line = 0
    for _, work, channels in found:
        now += compute / 3 * work / whole
        now += gather(16 * leaves(batch) * channels) if channels else 0
    now += gather(4 * batch * (outputs + 1)) + gather(4 * batch * outputs)
    rows, told = dense(batch, ranks, inputs, outputs)
    # Told after the step, while the next goes forwards.
    now += gather(rows) + max(0, told * beta + 2 * alpha - compute / 3)
    for weights, work, channels in found[::-1]:
        now += gather(16 * leaves(batch) * channels) if channels else 0
        now += compute * 2 / 3 * work / whole
        sent = 2 * share * float_bytes * weights * beta / apart
        messages, halving = 2 * (ranks - 1) * MESSAGE, 2 * high * 20e-6 + 6.4e-9 * weights
        if messages <= halving:
            now += messages / apart
            line = max(line, now) + 2 * alpha / apart + sent
            now = now if overlaps else line
        else:
            now = max(now, line) + 2 * high * alpha / apart + sent
    return max(now, line)


def write_pictures(folder, number):
    """Small pictures of ten classes, and some to judge by."""
    for part, count in (("train", number), ("val", 20)):
        for index in range(count):
            place = f"{folder}/{part}/{index % 10}"
            os.makedirs(place, exist_ok=True)
            with open(f"{place}/{index}.ppm", "wb") as file:
                file.write(b"P6 32 32 255\n" + os.urandom(3072))


def measured(program, pictures, ranks, epochs):
    """Seconds of the fastest epoch, and of processors in all."""
    words = ["train", pictures, "--model", "cifar-94", "--epochs", str(epochs), "--threads", "1", "--quiet",
             "--force", "--augment", "none", "--output", "m.safetensors"]
    own = [program] + words
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       OMPI_MCA_rmaps_base_oversubscribe="1")
    if ranks > os.cpu_count():
        environment["OMPI_MCA_mpi_yield_when_idle"] = "1"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as place:
        if ranks > 1:
            own = [os.environ.get("MPIRUN", "mpirun"), "-n", str(ranks)] + own
        subprocess.run(own, cwd=place, env=environment, check=True, capture_output=True)
        with open(f"{place}/m-log.jsonl") as log:
            fastest = min(json.loads(line)["seconds"] for line in log)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return fastest, after.ru_utime - before.ru_utime


def check(program, steps):
    """Measures, and compares runs of 2 and 4 ranks with the model; seconds of a processor an example."""
    with tempfile.TemporaryDirectory() as pictures:
        write_pictures(pictures, 1024 * steps)
        fastest, one = measured(program, pictures, 1, 1)
        again, two = measured(program, pictures, 1, 2)
        clock, single = min(fastest, again) / 1024 / steps, (two - one) / 1024 / steps
        print(f"cifar-94, one rank of one thread: {1e3 * clock:.2f} ms an image by the clock, "
              f"{1e3 * single:.2f} ms of the processor", flush=True)
        for ranks in (2, 4):
            found = measured(program, pictures, ranks, 1)[0] / 1024 / steps
            # Ranks of one machine: messages are copies in memory, 10 GB/s, that processors make; beyond the
            # processors ranks take turns.
            crowd = max(1, ranks / os.cpu_count())
            expected = step("cifar-94", 1024, ranks, clock * crowd, (2e-6, 1e-10), overlaps=False) / 1024
            print(f"{ranks} ranks: {1e3 * found:.2f} ms an image, {1e3 * expected:.2f} expected"
                  + (f" ({ranks} on {os.cpu_count()} processors)" if crowd > 1 else ""), flush=True)
    return single


def draw(path, lines):
    width, height, left, top, right = 765, 400, 70, 20, 295
    most = max(value for _, values in lines for value in values)
    least = math.floor(math.log10(min(value for _, values in lines for value in values)))
    scale = math.log10(most) + 0.1 - least

    def x(rank):
        return left + (width - left - right) * math.log2(rank) / 10

    def y(value):
        return top + (height - top - 50) * (1 - (math.log10(value) - least) / scale)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>']
    for rank in RANKS[::2]:
        parts.append(f'<text x="{x(rank)}" y="{height - 30}" text-anchor="middle">{rank:,}</text>')
    for power in range(least, least + int(scale) + 1):
        at = y(10 ** power)
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{10 ** power:,}</text>')
    parts.append(f'<text x="{(left + width - right) / 2}" y="{height - 10}" text-anchor="middle">'
                 f'ranks; images a second of the larger batch</text>')
    colors = ["#1b6ca8", "#c8553d", "#3a7d44"]
    for index, (name, values) in enumerate(lines):
        points = " ".join(f"{x(r):.1f},{y(v):.1f}" for r, v in zip(RANKS, values))
        color = colors[index // 4 % len(colors)]
        dash = ("6 3", "")[index % 2]
        wide = 1 if index % 4 < 2 else 2
        style = f'stroke="{color}" stroke-width="{wide}"' + (f' stroke-dasharray="{dash}"' if dash else "")
        place = top + 16 + 18 * index
        parts.append(f'<polyline points="{points}" fill="none" {style}/>'
                     f'<line x1="{width - right + 8}" x2="{width - right + 32}" y1="{place - 4}" '
                     f'y2="{place - 4}" {style}/><text x="{width - right + 38}" y="{place}">{name}</text>')
    with open(path, "w") as file:
        file.write("\n".join(parts + ["</svg>"]) + "\n")


def main():
    program = os.path.abspath(sys.argv[1])
    single = check(program, int(sys.argv[3]) if len(sys.argv) > 3 else 3)
    lines = []
    for name, batches in NETWORKS.items():
        seconds = single * multiplications(name) / multiplications("cifar-94")
        weights = sum(layer[0] for layer in layers(name)[0])
        print(f"\n{name}: {weights / 1e6:.1f} million weights in convolutions, "
              f"{multiplications(name) / 1e6:.0f} million multiplications, {1e3 * seconds:.0f} ms an image")
        print("share of the rate of so many lone ranks, in %, of ranks:")
        print(f"{'':37}" + "".join(f"{rank:6}" for rank in RANKS))
        for threads in THREADS:
            own = seconds / (threads if threads == 1 else 0.8 * threads)
            for batch in batches:
                for label, link in LINKS.items():
                    rates = [batch / step(name, batch, r, own, link) for r in RANKS]
                    shares = "".join(f"{100 * rate / rates[0] / r:6.0f}" for rate, r in zip(rates, RANKS))
                    print(f"{threads:2} threads, {batch:6}, {label:10}    {shares}"
                          f"   {max(rates):10,.0f} images/s at most")
                    if batch == batches[1]:
                        lines.append((f"{name}, {label}, {threads} thread{'s' if threads > 1 else ''}", rates))
        batch, ranks, link = batches[0], min(64, leaves(batches[0])), LINKS["10 Gbit/s"]
        seconds /= 0.8 * THREADS[1]
        plain = step(name, batch, ranks, seconds, link)
        print(f"a step of {batch} on {ranks} ranks of {THREADS[1]} threads, 10 Gbit/s: {1e3 * plain:.1f} ms; "
              f"computing alone {1e3 * step(name, batch, ranks, seconds, (0, 0)):.1f}; "
              f"sums in 16 bits {1e3 * step(name, batch, ranks, seconds, link, float_bytes=2):.1f}; "
              f"sums every 4 steps {1e3 * step(name, batch, ranks, seconds, link, apart=4):.1f}; "
              f"without overlap {1e3 * step(name, batch, ranks, seconds, link, overlaps=False):.1f}")
    if len(sys.argv) > 2 and sys.argv[2]:
        draw(sys.argv[2], lines)


main()
