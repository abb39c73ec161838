"""Seconds per epoch of convfilter, Keras and PyTorch: one run, the same data, taking turns.

Each program trains each model for a few epochs, twice, in turns; its fastest epoch counts. PyTorch
runs in both memory formats, the better one counts. Writes training.json and training.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TARGETS = {"mnist-conv": 2.5, "cifar-pool": 2.5, "cifar-deep": 1.3}


def measure(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.splitlines()[-1])


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def table(rows, options):
    share = f", first {options.examples:,} examples" if options.examples else ""
    lines = [
        "# Training beside Keras and PyTorch", "",
        f"Seconds per epoch (fastest of {2 * options.epochs}), single precision, batch 128, Adam, "
        f"{options.threads} threads, {processor()}, {os.cpu_count()} processors{share}. "
        "Made by `make bench-train`; all programs in one run, in turns.", "",
        "| model | convfilter | Keras | PyTorch | faster rival ÷ convfilter | target |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| `{row['model']}` | {row['convfilter']:.2f} | {row['keras']:.2f} | "
            f"{row['pytorch']:.2f} | {row['ratio']:.2f} | {row['target']} |")
    lines += ["", ", ".join(sorted({name for row in rows for name in row["programs"]})) + "."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--convbench", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--models", nargs="*", default=list(TARGETS))
    parser.add_argument("--examples", type=int)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    common = ["--data", options.data, "--epochs", str(options.epochs),
              "--threads", str(options.threads)]
    if options.examples:
        common += ["--examples", str(options.examples)]
    rows = []
    for model in options.models:
        runs = {
            "convfilter": [options.convbench, "train", model] + common,
            "keras": [sys.executable, f"{HERE}/train_keras.py", model] + common,
            "pytorch": [sys.executable, f"{HERE}/train_pytorch.py", model] + common,
            "pytorch, channels last":
                [sys.executable, f"{HERE}/train_pytorch.py", model, "--channels-last"] + common,
        }
        seconds = {name: [] for name in runs}
        programs, parameters, losses = set(), set(), {}
        for _ in range(2):
            for name, command in runs.items():
                answer = measure(command)
                seconds[name] += answer["seconds"]
                programs.add(answer["program"])
                parameters.add(answer["parameters"])
                losses[name] = answer["loss"]
                print(f"{model}: {name} {min(answer['seconds']):.2f} s", file=sys.stderr)
        if len(parameters) != 1:
            raise SystemExit(f"{model}: the programs train different models: {parameters}")
        best = {name: min(times) for name, times in seconds.items()}
        pytorch = min(best["pytorch"], best["pytorch, channels last"])
        rows.append({
            "model": model, "convfilter": best["convfilter"], "keras": best["keras"],
            "pytorch": pytorch, "ratio": min(best["keras"], pytorch) / best["convfilter"],
            "target": TARGETS.get(model), "seconds": seconds, "loss": losses,
            "parameters": parameters.pop(), "programs": sorted(programs),
        })
    os.makedirs(options.results, exist_ok=True)
    text = table(rows, options)
    with open(os.path.join(options.results, "training.md"), "w") as file:
        file.write(text)
    with open(os.path.join(options.results, "training.json"), "w") as file:
        json.dump({"processor": processor(), "threads": options.threads, "batch": 128,
                   "examples": options.examples, "models": rows}, file, indent=1)
        file.write("\n")
    print(text)


main()
