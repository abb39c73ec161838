"""How training scales over machines: a model of the time of a step, checked here and drawn to 1,024 ranks.

    python3 Tests/Proofs/scaling.py CONVFILTER [DRAWING.svg]

    step(N) = compute · largest share(N) · straggling(N) + communication(N)

- compute: seconds an example on one rank of one thread, measured here by an epoch of training.
- largest share: a batch is cut into the leaves of a tree (16, beyond 512 examples a power of two so that a
  leaf has 32 at most); a rank has whole leaves.
- straggling: the slowest of N whose steps vary by 2 %: 1 + 0.02 · √(2 ln N).
- communication, where N is a power of two (recursive halving and doubling), of each layer with w weights:
  2 · log₂N · α + 2 · (N − 1)/N · 4w · β; of each normalisation of c channels, there and back:
  2 · (log₂N · α + 16 · leaves · c · β); of each dense layer x and its gradient of all examples; the logits.
  Nothing of it overlaps the way back.
- reading is ahead of its use, and takes no time as long as a rank decodes as fast as it computes.

α, β: 20 µs and 10 Gbit/s, 5 µs and 100 Gbit/s. Compute of the two larger networks is that of the first by
multiplications, at the rate measured with it. Prints tables; draws images a second over ranks.
"""

import json
import math
import os
import subprocess
import sys
import tempfile

NETWORKS = {
    # Weights of the convolutions; channels of the normalisations; inputs and outputs of the dense layer;
    # multiplications an example, forwards; examples of a batch.
    "cifar-94": dict(batch=1024, scales=(1024, 16384)),
    "ResNet-18": dict(batch=256, scales=(256, 4096), multiplications=1.82e9),
    "EfficientNet-Lite0": dict(batch=256, scales=(256, 4096), multiplications=0.39e9),
}
LINKS = {"10 Gbit/s": (20e-6, 8 / 10e9), "100 Gbit/s": (5e-6, 8 / 100e9)}
RANKS = [1 << k for k in range(11)]


def leaves(batch):
    count = 16
    while count * 32 < batch:
        count *= 2
    return min(count, batch)


def layers(name):
    """Weights of the layers that learn, channels of the normalisations, the dense layer."""
    if name == "cifar-94":
        convolutions = [3 * 4 * 24]
        channels, width = [], 24
        for out in (64, 256, 256):
            convolutions += [width * out * 9, out * out * 9]
            channels += [out, out]
            width = out
        return convolutions, channels, (256, 10)
    if name == "ResNet-18":
        convolutions, channels, width = [3 * 64 * 49], [64], 64
        for out in (64, 128, 256, 512):
            convolutions += [width * out * 9] + [out * out * 9] * 3
            channels += [out] * 4
            if out != width:
                convolutions.append(width * out)
                channels.append(out)
            width = out
        return convolutions, channels, (512, 1000)
    convolutions, channels = [3 * 32 * 9], [32]
    width = 32
    for expand, kernel, out, repeats in ((1, 3, 16, 1), (6, 3, 24, 2), (6, 5, 40, 2), (6, 3, 80, 3),
                                         (6, 5, 112, 3), (6, 5, 192, 4), (6, 3, 320, 1)):
        for _ in range(repeats):
            inner = width * expand
            if expand > 1:
                convolutions.append(width * inner)
                channels.append(inner)
            convolutions += [inner * kernel * kernel, inner * out]
            channels += [inner, out]
            width = out
    return convolutions + [320 * 1280], channels + [1280], (1280, 1000)


def step(name, batch, ranks, seconds, link):
    alpha, beta = link
    convolutions, channels, (inputs, outputs) = layers(name)
    own = math.ceil(leaves(batch) / ranks) * batch / leaves(batch)
    compute = seconds * own
    if ranks == 1:
        return compute, 0
    compute *= 1 + 0.02 * math.sqrt(2 * math.log(ranks))
    high = math.log2(ranks)
    # Ranks beyond the leaves only listen.
    share = (ranks - 1) / ranks
    talk = sum(2 * high * alpha + 2 * share * 4 * w * beta for w in convolutions)
    talk += sum(2 * (high * alpha + 16 * leaves(batch) * c * beta) for c in channels)
    talk += 2 * high * alpha + 4 * batch * (inputs + outputs) * beta
    talk += 2 * high * alpha + 4 * batch * (outputs + 1) * beta
    return compute, talk


def measured(program, ranks, threads, examples):
    """Seconds of the second epoch of some images of CIFAR-10 with cifar-94."""
    words = ["train", "cifar10", "--model", "cifar-94", "--epochs", "2", "--threads", str(threads),
             "--quiet", "--force", "--output", "m.safetensors"]
    own = [program] + words
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       OMPI_MCA_rmaps_base_oversubscribe="1")
    with tempfile.TemporaryDirectory() as place:
        if ranks > 1:
            own = [os.environ.get("MPIRUN", "mpirun"), "-n", str(ranks)] + own
        subprocess.run(own, cwd=place, env=environment, check=True, capture_output=True)
        with open(f"{place}/m-log.jsonl") as log:
            return min(json.loads(line)["seconds"] for line in log) / examples


def draw(path, lines):
    width, height, left, top = 640, 400, 70, 20
    most = max(value for _, values in lines for value in values)
    scale = math.log10(most) + 0.1

    def x(rank):
        return left + (width - left - 190) * math.log2(rank) / 10

    def y(value):
        return top + (height - top - 50) * (1 - math.log10(max(value, 1)) / scale)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>']
    for rank in RANKS[::2]:
        parts.append(f'<text x="{x(rank)}" y="{height - 30}" text-anchor="middle">{rank}</text>')
    for power in range(int(scale) + 1):
        parts.append(f'<line x1="{left}" x2="{width - 190}" y1="{y(10 ** power)}" y2="{y(10 ** power)}" '
                     f'stroke="#ddd"/><text x="{left - 6}" y="{y(10 ** power) + 4}" '
                     f'text-anchor="end">{10 ** power:,}</text>')
    parts.append(f'<text x="{(left + width - 190) / 2}" y="{height - 10}" text-anchor="middle">'
                 f'ranks of one thread; images a second</text>')
    colors = ["#1b6ca8", "#c8553d", "#3a7d44", "#7a4b94", "#b8860b", "#555"]
    for index, (name, values) in enumerate(lines):
        points = " ".join(f"{x(r):.1f},{y(v):.1f}" for r, v in zip(RANKS, values))
        color = colors[index // 2 % len(colors)]
        dash = ' stroke-dasharray="5 3"' if index % 2 == 0 else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
        place = top + 16 + 18 * index
        parts.append(f'<line x1="{width - 182}" x2="{width - 160}" y1="{place - 4}" y2="{place - 4}" '
                     f'stroke="{color}" stroke-width="2"{dash}/>'
                     f'<text x="{width - 155}" y="{place}">{name}</text>')
    with open(path, "w") as file:
        file.write("\n".join(parts + ["</svg>"]) + "\n")


def main():
    program = os.path.abspath(sys.argv[1])
    examples = 50_000
    single = measured(program, 1, 1, examples)
    print(f"cifar-94, one rank of one thread: {1e3 * single:.3f} ms an image")
    for ranks in (2, 4):
        found = measured(program, ranks, 1, examples)
        # Ranks of one machine: messages are copies in memory, 10 GB/s; beyond the processors they take turns.
        compute, talk = step("cifar-94", 1024, ranks, single, (2e-6, 1e-10))
        crowd = max(1, ranks / os.cpu_count())
        expected = (compute * crowd + talk) / 1024
        print(f"{ranks} ranks: {1e3 * found:.3f} ms an image, {1e3 * expected:.3f} expected"
              + (f" ({ranks} on {os.cpu_count()} processors)" if crowd > 1 else ""), flush=True)
    # Multiplications of cifar-94 forwards, by its layers at 31, 15, 7 and 3 pixels.
    own = 31 * 31 * 3 * 4 * 24 + 31 * 31 * 24 * 64 * 9 + 15 * 15 * 64 * 64 * 9
    own += 15 * 15 * 64 * 256 * 9 + 7 * 7 * 256 * 256 * 9 + 7 * 7 * 256 * 256 * 9 + 9 * 256 * 256 * 9
    lines = []
    for name, facts in NETWORKS.items():
        seconds = single * facts.get("multiplications", own) / own
        for label, link in LINKS.items():
            for batch in facts["scales"]:
                rates = [batch / sum(step(name, batch, r, seconds, link)) for r in RANKS]
                shares = [100 * rate / rates[0] / r for rate, r in zip(rates, RANKS)]
                print(f"\n{name}, batch {batch}, {label}")
                for rank, rate, share in zip(RANKS, rates, shares):
                    print(f"{rank:5} ranks {rate:10.0f} images/s {share:5.0f} % of each processor")
                if batch == facts["scales"][1]:
                    lines.append((f"{name}, {label}", rates))
    if len(sys.argv) > 2:
        draw(sys.argv[2], lines)


main()
