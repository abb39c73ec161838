#!/usr/bin/env python3
"""Opens the program's pages in a real browser, and looks: nothing is fetched, nothing complains, pointer
and keys work, numbers on the page are those of the command, nothing scrolls sideways on a phone, and
names with markup in them run nothing.

    python3 Tests/Browser/pages.py .build/release/convfilter [--screenshots FOLDER] [NAME ...]

Needs Chromium and its driver; says so and ends well where they are missing."""

import argparse
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import traceback
import zlib

import webdriver
from webdriver import DOWN, RIGHT

TREE = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = TREE / "SampleImages"


class Bench:
    """The program, the browser and a folder for both."""

    def __init__(self, program, browser, folder, screenshots):
        self.program, self.browser, self.folder = program, browser, pathlib.Path(folder)
        self.screenshots = screenshots

    def run(self, *words):
        done = subprocess.run([self.program, *map(str, words)], cwd=self.folder, text=True,
                              capture_output=True, timeout=600)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def open(self, page):
        self.browser.open(self.folder / page)
        self.quiet()

    def quiet(self):
        complaints, asked = self.browser.complaints(), self.browser.requests()
        assert not complaints, complaints
        assert not asked, f"the page asks for {asked}"

    def shows(self, name):
        if self.screenshots:
            self.browser.screenshot(self.screenshots / (name + ".png"))

    def fits(self, name):
        """Nothing scrolls sideways on a small phone, in either scheme."""
        for scheme in ["light", "dark"]:
            self.browser.scheme(scheme)
            self.browser.size(320, 640, phone=True)
            self.browser.script("window.dispatchEvent(new Event('resize'))")
            wide = self.browser.script("return document.documentElement.scrollWidth")
            assert wide <= 320, (f"{name} is {wide} pixels wide on a screen of 320: "
                                 f"{self.browser.script(TOO_WIDE)}")
            self.shows(f"{name}-{scheme}-320")
            self.browser.size(1200, 900)
            self.browser.script("window.dispatchEvent(new Event('resize'))")
            self.shows(f"{name}-{scheme}")
            faint = self.browser.script(CONTRAST)
            assert not faint, f"{name}, {scheme}: too little contrast: {faint}"
        self.browser.scheme("light")
        nameless = self.browser.script(NAMELESS)
        assert not nameless, f"{name}: without a name: {nameless}"
        self.quiet()


# Texts whose contrast with what lies behind them is below 4.5 (WCAG 2, AA); those on pictures and tinted
# cells are laid over half-transparent colours, which are blended.
CONTRAST = """
const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92
  : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const found = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !element.getClientRects().length || element.closest("svg, .hidden, .skip")) continue;
  let behind = [0, 0, 0, 0];
  const chain = [];
  for (let e = element; e; e = e.parentElement) chain.unshift(parse(getComputedStyle(e).backgroundColor));
  let paper = [255, 255, 255, 1];
  for (const color of chain) paper = over(color, paper);
  const ink = over(parse(getComputedStyle(element).color), paper);
  const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) found.push(element.textContent.trim().slice(0, 30)
    + " " + ((a + 0.05) / (b + 0.05)).toFixed(2));
}
return [...new Set(found)].slice(0, 10);
"""

# What reaches beyond the screen.
TOO_WIDE = """
return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > 320
  && !e.parentElement.closest(".wide")).map((e) => e.outerHTML.slice(0, 60)).slice(0, 5);
"""

# Things to press or to write into that nobody can call by a name.
NAMELESS = """
return [...document.querySelectorAll("button, input, select, textarea, canvas[tabindex], a, [role=img]")]
  .filter((e) => e.getClientRects().length && !(e.getAttribute("aria-label") || e.labels?.length
    || e.textContent.trim() || e.title)).map((e) => e.outerHTML.slice(0, 80));
"""


def write_png(path, width, height, channels, samples):
    """A PNG of 8 bits, by hand: a picture that the program has not written."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    row = width * channels
    raw = b"".join(b"\0" + bytes(samples[y * row:(y + 1) * row]) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    pathlib.Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b""))


def read_pnm(path):
    """Width, height, channels and samples of a PNM file of 8 bits."""
    data = pathlib.Path(path).read_bytes()
    kind, width, height, _, start = None, 0, 0, 0, 0
    words, place = [], 0
    while len(words) < 4:
        end = place
        while data[end:end + 1] not in (b" ", b"\n", b"\t"):
            end += 1
        words.append(data[place:end])
        place = end + 1
    kind, width, height, start = words[0], int(words[1]), int(words[2]), place
    return width, height, {b"P5": 1, b"P6": 3}[kind], list(data[start:])


def random_picture(bench, name, width, height, channels, seed):
    dice = random.Random(seed)
    samples = [dice.randrange(256) for _ in range(width * height * channels)]
    write_png(bench.folder / name, width, height, channels, samples)


def last_result(browser):
    return browser.script(
        "const p = explorer.pictures().at(-1); return [p.width, p.height, p.channels, [...p.samples]]")


def same_as_command(bench, words, what):
    """The result of the page beside that of the command."""
    target = bench.folder / "command.pnm"
    bench.run("apply", *words, target, "--force")
    width, height, channels, samples = read_pnm(target)
    page = last_result(bench.browser)
    assert page[:3] == [width, height, channels], f"{what}: {page[:3]} is not {width, height, channels}"
    wrong = sum(a != b for a, b in zip(page[3], samples))
    assert page[3] == samples, f"{what}: {wrong} of {len(samples)} samples differ"


def filter_equals_command(bench):
    """Kernels of whole and of typed numbers, every padding, strides, dilations, sets, poolings: the page's
    own arithmetic yields what the command writes."""
    random_picture(bench, "gray.png", 17, 13, 1, 1)
    random_picture(bench, "colour.png", 12, 16, 3, 2)
    cases = [["-k", kernel] for kernel in [
        "sharpen", "sobel-x", "emboss", "3x3: 1,2,3, 4,5,6, 7,8,9", "2x2: 1,-1, 3,4",
        "3x1: 0.25,0.5,0.25", "3x3: 0.1,-0.2,0.3, 0,1.5,0, 0.7,-0.3,0.9:scale=-2.5,offset=3.5",
        "sobel", "prewitt:combine=max", "maxpool:size=3", "minpool:size=2,stride=1", "avgpool:size=3x2",
        "[[1,0,-1],[2,0,-2],[1,0,-1]]:offset=128", "5x5: 0,0,1,0,0, 0,1,2,1,0, 1,2,-16,2,1, 0,1,2,1,0, 0,0,1,0,0",
        "3x2+2+0: 1,2,3,4,5,6",
        "[[[1,0],[0,1]],[[1,1],[0,0]],[[0,0],[-1,2]]]",
        "median", "median:size=5x3", "median:shape=cross", "rank:percent=20,size=4", "rank:percent=100,mask=010/111/001",
        "erode", "dilate:size=2", "erode:mask=110/010/001", "gradient:size=5", "open", "close:radius=2,shape=disk"]]
    geometry = [[], ["--stride", "2"], ["--stride", "3,1", "--dilation", "2"]]
    geometry += [["--padding", name] for name in [
        "zero", "constant:77", "replicate", "reflect", "reflect101", "wrap", "valid", "truncate", "full"]]
    results = [[], ["--range", "abs"], ["--range", "offset"], ["--flip"], ["--scale", "3", "--offset", "10"],
               ["--normalize", "unit"]]
    dice = random.Random(3)
    count = 0
    for case in cases:
        picks = [(g, []) for g in geometry] + [(dice.choice(geometry), r) for r in results]
        if case[1].startswith("[[["):
            files = ["colour.png"]
        else:
            files = ["gray.png", "colour.png"]
        for shape, result in picks:
            words = case + shape + result + [dice.choice(files)]
            bench.run("explore", *words, "-o", "page.html", "--force", "--quiet")
            bench.open("page.html")
            same_as_command(bench, words, " ".join(words))
            assert "Equal to what the command made" in bench.browser.text("#check"), words
            count += 1
    return f"{count} pages"


def filter_edits(bench):
    """What is edited in the page yields what the command line shown there yields."""
    random_picture(bench, "small.png", 15, 11, 3, 4)
    bench.run("explore", "-k", "sharpen", "small.png", "-o", "edit.html", "--force")
    bench.open("edit.html")
    browser = bench.browser

    def agree(what):
        import shlex
        words = shlex.split(browser.text("#command"))
        assert words[:2] == ["convfilter", "apply"] and words[-1] == "out.png", words
        same_as_command(bench, words[2:-1], f"{what}: {words}")
        assert browser.text("#geometry-problem") == "", what

    def put(selector, value, event="input"):
        browser.script(
            "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event(arguments[2], { bubbles: true }));", selector, value, event)

    agree("as it was")
    put("#kernel input:nth-of-type(1)", "2.5")
    agree("a tap")
    put("#stride-x", "2")
    put("#dilation-y", "2")
    agree("stride and dilation")
    for padding in ["zero", "constant", "reflect", "wrap", "valid", "truncate", "full"]:
        put("#padding", padding, "change")
        if padding == "constant":
            put("#constant", "200")
        agree(padding)
    put("#range", "abs", "change")
    agree("magnitudes")
    browser.script("[...document.querySelectorAll('button')].find((b) => b.textContent === 'Turn 90°').click()")
    agree("turned")
    put("#kernel-size select", browser.script(
        "return [...document.querySelectorAll('#kernel-size option')].find((o) => o.textContent === 'emboss').value"),
        "change")
    agree("another kernel")
    put("#kernel-size input", "5")
    agree("five columns")
    put("#kernel input:nth-of-type(1)", "one")
    assert "no number" in browser.text("#kernel-problem")
    bench.quiet()


def filter_pointing(bench):
    """The numbers beside the picture are the lecture's, and follow keys and pointer."""
    numbers = [105, 102, 100, 97, 96, 103, 99, 103, 101, 102, 101, 98, 104, 102, 100, 99, 101, 106, 104, 99,
               104, 104, 104, 100, 98]
    write_png(bench.folder / "lecture.png", 5, 5, 1, numbers)
    bench.run("explore", "-k", "sharpen", "--padding", "valid", "lecture.png", "-o", "lecture.html",
              "--force")
    bench.open("lecture.html")
    browser = bench.browser
    browser.script("explorer.move(0, 0)")
    assert browser.text("#value") == "89", browser.text("#value")
    assert "−1·102 − 1·103 + 5·99 − 1·103 − 1·98 = 89" in browser.text("#sum"), browser.text("#sum")
    browser.keys("#input", RIGHT)
    assert browser.text("#value") == "111", browser.text("#value")
    browser.keys("#output", DOWN)
    assert browser.script("const s = explorer.state(); return [s.x, s.y]") == [1, 1]
    browser.script("""
      const canvas = document.getElementById("output"), box = canvas.getBoundingClientRect();
      canvas.dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse", bubbles: true,
        clientX: box.left + box.width * 0.1, clientY: box.top + box.height * 0.1 }));""")
    assert browser.text("#value") == "89"
    bench.fits("filter-lecture")
    bench.run("explore", "-k", "gaussian:sigma=1", "-k", "sobel", SAMPLES / "coffee.png", "-o",
              "coffee.html", "--force")
    bench.open("coffee.html")
    bench.fits("filter-coffee")


def hostile_names(bench):
    """Markup in file names stays text."""
    name = "<img src=x onerror=window.bad=1>'\"&<!--<script>window.bad=1<!--.png"
    random_picture(bench, name.replace("/", ""), 6, 6, 1, 5)
    bench.run("explore", "-k", "3x3: 0,-1,0,-1,5,-1,0,-1,0", name, "-o", "hostile.html", "--force")
    bench.open("hostile.html")
    assert bench.browser.script("return window.bad ?? null") is None
    assert name in bench.browser.text("#title"), bench.browser.text("#title")
    # What the page lets copy is one word for a shell, whatever is in it.
    import shlex
    assert name in shlex.split(bench.browser.text("#command"))
    folder = bench.folder / "classes"
    for label in ["<img src=x onerror=window.bad=2>", "b&<script>window.bad=3<!--"]:
        (folder / label).mkdir(parents=True)
        for number in range(6):
            dice = random.Random(label + str(number))
            write_png(folder / label / f"{number}.png", 8, 8, 1, [dice.randrange(256) for _ in range(64)])
    bench.run("train", "classes", "--layers", "conv 2 3x3 relu; flatten; dense 2", "--epochs", "1", "--output",
              "h.safetensors", "--quiet")
    bench.run("explore", "h.safetensors", name, "-o", "hostile-model.html", "--force")
    for page in ["hostile-model.html", "h-report.html"]:
        bench.open(page)
        assert bench.browser.script("return window.bad ?? null") is None, page
        assert "onerror=window.bad=2" in bench.browser.text("body"), page


def train(bench, name, *words):
    bench.run("train", "digits", "--epochs", "1", "--quiet", "--output", name, "--force", *words)


def digit(bench, name, seed):
    """An 8×8 picture that a digit could be."""
    dice = random.Random(seed)
    samples = [max(0, min(255, int(255 - 60 * abs(x - 3.5)) + dice.randrange(-40, 40)))
               for y in range(8) for x in range(8)]
    write_png(bench.folder / name, 8, 8, 1, samples)


def model_values(bench):
    """Every kind of layer: the products and sums that the page shows make the values that the command
    computed, and its probabilities are those of predict."""
    import json
    nets = ["conv 6 3x3 same relu; maxpool 2; batchnorm; conv 5 2x2 stride 2 relu; flatten; dense 12 relu; dense 10",
            "conv 4 3x3 relu; residual { conv 4 3x3 same relu; conv 4 3x3 same } relu; avgpool 2; gelu; "
            "globalavgpool; dense 10",
            "conv 3 3x3 dilation 2 pad 1 relu; minpool 2 stride 1; flatten; dropout 0.2; dense 10"]
    for number, net in enumerate(nets):
        train(bench, "m.safetensors", "--layers", net)
        digit(bench, "one.png", number)
        digit(bench, "two.png", number + 10)
        bench.run("explore", "m.safetensors", "one.png", "two.png", "-o", "model.html", "--force")
        bench.open("model.html")
        browser = bench.browser
        wrong = browser.script(CHECK_VALUES)
        assert wrong["count"] > 100, wrong
        assert not wrong["found"], f"{net}: {wrong}"
        said = [json.loads(line) for line in
                bench.run("predict", "m.safetensors", "one.png", "--json", "--top", "10").splitlines()]
        guesses = {g["class"]: g["probability"] for g in said[0]["guesses"]}
        shown = browser.script("return Object.fromEntries(JSON.parse(document.getElementById('data').textContent)"
                               ".classes.map((c, i) => [c, explorer.values(explorer.layers.length)[i]]))")
        for name, probability in guesses.items():
            assert abs(shown[name] - probability) < 1e-6, (name, shown[name], probability)
        best = max(guesses, key=guesses.get)
        assert browser.text("#best") == best, (browser.text("#best"), best)
        bench.quiet()


# Each value of each layer from what the page says it was made of; a few per map of the larger layers.
CHECK_VALUES = """
const found = [];
let count = 0;
const e = explorer, rectified = (own, sum) => own.activation === "ReLU" ? Math.max(0, sum) : sum;
for (const [layer, own] of e.layers.entries()) {
  const [height, width, channels] = own.flat ? [1, 1, own.shape[0] * own.shape[1] * own.shape[2]] : own.shape;
  for (let i = 0; i < height * width * channels; i += 1) {
    if (channels * height * width > 200 && i % 7) continue;
    const c = i % channels, x = Math.floor(i / channels) % width, y = Math.floor(i / channels / width);
    e.choose({ layer, y, x, c });
    const text = document.getElementById("arithmetic").textContent;
    if (text.includes("NaN") || text.includes("undefined")) found.push([own.name, i, text]);
    const is = e.value(layer, y, x, c);
    let sum = null;
    if (own.kind === "conv") {
      const inputs = own.from[0] < 0 ? 1 : e.layers[own.from[0]].shape[2];
      sum = own.bias === undefined ? 0 : e.parameter(layer, "bias")[c];
      for (let k = 0; k < inputs; k += 1) for (const tap of e.taps(k)) sum += tap.product;
      sum = rectified(own, sum);
    } else if (own.kind === "dense") {
      sum = (own.bias === undefined ? 0 : e.parameter(layer, "bias")[c])
        + e.contributions().reduce((a, one) => a + one.product, 0);
      sum = rectified(own, sum);
    } else if (own.kind === "pool") {
      const inside = e.taps(c).filter((tap) => tap.isInside).map((tap) => tap.sample);
      sum = own.pool === "maximum" ? Math.max(...inside) : own.pool === "minimum" ? Math.min(...inside)
        : inside.reduce((a, b) => a + b, 0) / inside.length;
    } else if (own.kind === "sum") {
      sum = rectified(own, own.from.reduce((a, from) => a + e.values(from)[i], 0));
    } else if (own.kind === "norm") {
      const [w, b, m, v] = ["weight", "bias", "running_mean", "running_var"].map((k) => e.parameter(layer, k)[c]);
      sum = w * (e.values(own.from[0])[i] - m) / Math.sqrt(v + own.epsilon) + b;
    } else if (own.kind === "flatten") sum = e.values(own.from[0])[i];
    if (sum === null) continue;
    count += 1;
    if (!(Math.abs(sum - is) <= 2e-5 * Math.max(1, Math.abs(is)))) found.push([own.name, i, sum, is]);
  }
}
return { count, found: found.slice(0, 5) };
"""


def model_pointing(bench):
    """Pointer and keys lead from the answer back to a pixel; a phone has room for it."""
    train(bench, "p.safetensors")
    digit(bench, "a.png", 1)
    digit(bench, "b.png", 2)
    bench.run("explore", "p.safetensors", "a.png", "b.png", "-o", "p.html", "--force")
    bench.open("p.html")
    browser = bench.browser
    names = []
    for _ in range(12):
        browser.script("explorer.deeper()")
        layer = browser.script("return explorer.state().layer")
        names.append(layer)
        if layer < 0:
            break
    assert names[-1] == -1, names
    assert "level" in browser.text("#arithmetic")
    for _ in names:
        browser.script("explorer.back()")
    assert browser.text("#detail-heading").startswith("softmax["), browser.text("#detail-heading")
    canvas = "section[aria-label^='conv1'] canvas"
    browser.keys(canvas, RIGHT + DOWN + DOWN + "]")
    heading = browser.text("#detail-heading")
    assert heading.startswith("conv1[y 2, x 1, map 1] = "), heading
    browser.script("""
      const canvas = document.querySelector(arguments[0]), box = canvas.getBoundingClientRect();
      canvas.dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse", bubbles: true,
        clientX: box.left + 5, clientY: box.top + 5 }));""", canvas)
    assert browser.text("#detail-heading").startswith("conv1[y 0, x 0, map 0] = ")
    shown = browser.text("#detail-heading").split(" = ")[1].replace("−", "-")
    is_value = browser.script("return explorer.value(0, 0, 0, 0)")
    assert abs(float(shown) - is_value) < 1e-4, (shown, is_value)
    before = browser.text("#best")
    browser.script("document.querySelectorAll('#pictures button')[1].click()")
    assert browser.text("#title").startswith("p.safetensors sees a.png, b.png")
    assert browser.script("return explorer.state().picture") == 1, before
    browser.script("explorer.choose({ layer: 1, y: 3, x: 4, c: 5 })")
    bench.fits("model-digits")


def reports(bench):
    """The page of a training and the comparison of two: they fit a phone, and need no script."""
    train(bench, "r.safetensors", "--layers", "conv 4 3x3 relu; flatten; dense 10")
    bench.run("train", "digits", "--layers", "flatten; dense 10", "--epochs", "14", "--quiet", "--output",
              "s.safetensors", "--watch")
    bench.run("compare", "r.safetensors", "s.safetensors", "-o", "both.html", "--force")
    browser = bench.browser
    for page in ["r-report.html", "s-report.html", "both.html"]:
        bench.open(page)
        bench.fits(page.removesuffix(".html"))
    bench.open("r-report.html")
    evaluated = bench.run("evaluate", "r.safetensors", "digits").split("accuracy ")[1].split(" %")[0]
    assert f"{evaluated} % of the test images right" in browser.text("body"), evaluated
    counts = browser.script("return [...document.querySelector('.confusion').querySelectorAll('td')]"
                            ".reduce((a, e) => a + Number(e.textContent || 0), 0)")
    assert counts == 297, counts


CHECKS = [reports, model_values, model_pointing, filter_equals_command, filter_edits, filter_pointing, hostile_names]


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("program")
    reader.add_argument("names", nargs="*")
    reader.add_argument("--screenshots", type=pathlib.Path)
    words = reader.parse_args()
    found = webdriver.find()
    if not found:
        print("no Chromium with its driver here: the pages are not looked at", file=sys.stderr)
        return 0
    if words.screenshots:
        words.screenshots.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, webdriver.Browser(*found) as browser:
        bench = Bench(os.path.abspath(words.program), browser, folder, words.screenshots)
        for check in CHECKS:
            if words.names and check.__name__ not in words.names:
                continue
            try:
                said = check(bench)
                print(f"{check.__name__}: well{f' ({said})' if said else ''}", flush=True)
            except Exception:
                failed += 1
                print(f"{check.__name__}: FAILED\n{traceback.format_exc()}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
