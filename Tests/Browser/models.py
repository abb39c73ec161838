"""Pages of models: every value is made of the numbers that are shown, and leads back to the pixels."""

import json

from pictures import digit
from webdriver import DOWN, RIGHT


# More weights than a page holds in full.
LARGE = ("conv 64 3x3 same nobias; batchnorm; relu; residual { conv 64 3x3 same nobias; batchnorm } relu; flatten; "
         "dense 600 relu; dense 10")


def train(bench, name, *words):
    bench.run("train", "digits", "--epochs", "1", "--quiet", "--output", name, "--force", *words)


def model_values(bench):
    """Every kind of layer: the products and sums that the page shows make the values that the command
    computed, and its probabilities are those of predict."""
    nets = ["conv 6 3x3 same relu; maxpool 2; batchnorm; conv 5 2x2 stride 2 relu; flatten; dense 12 relu; dense 10",
            "conv 4 3x3 relu; residual { conv 4 3x3 same relu; conv 4 3x3 same } relu; avgpool 2; gelu; "
            "globalavgpool; dense 10",
            "conv 3 3x3 same relu; avgpool 3 stride 2 pad 1; maxpool 2 stride 1 pad 1; flatten; dense 10",
            "conv 3 3x3 dilation 2 pad 1 relu; minpool 2 stride 1; flatten; dropout 0.2; dense 10",
            "conv 4 3x3 relu; gate { globalavgpool; dense 2 relu; dense 4 sigmoid }; gate { conv 4 1x1 sigmoid }; "
            "flatten; dense 10; scale 0.5",
            "conv 6 3x3 same relu; depthwise 3x3 same relu; conv 8 3x2 groups 2 nobias; relu; flatten; dense 10",
            LARGE]
    for number, net in enumerate(nets):
        train(bench, "m.safetensors", "--layers", net)
        digit(bench, "one.png", number)
        digit(bench, "two.png", number + 10)
        files = ["one.png"] if net == LARGE else ["one.png", "two.png"]
        bench.run("explore", "m.safetensors", *files, "-o", "model.html", "--force")
        bench.open("model.html")
        browser = bench.browser
        wrong = browser.script(CHECK_VALUES, 1e-4 if net == LARGE else 2e-5)
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
        if net == LARGE:
            assert (bench.folder / "model.html").stat().st_size < 10_000_000
            browser.script("explorer.choose({ layer: explorer.layers.findIndex((l) => l.weight?.steps), y: 0, x: 0, c: 5 })")
            assert "rounded here" in browser.text("#arithmetic"), browser.text("#arithmetic")
        bench.quiet()


# Each value of each layer from what the page says it was made of; a few per map of the larger layers.
CHECK_VALUES = """
const found = [];
let count = 0;
const e = explorer, rectified = (own, sum) => own.activation === "ReLU" ? Math.max(0, sum)
  : own.activation === "Sigmoid" ? 1 / (1 + Math.exp(-sum)) : sum;
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
      const inputs = (own.from[0] < 0 ? e.shape(-1)[2] : e.layers[own.from[0]].shape[2]) / own.groups;
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
    } else if (own.kind === "product") {
      sum = e.values(own.from[0])[i] * e.values(own.from[1])[e.shape(own.from[1])[0] > 1 ? i : c];
    } else if (own.kind === "scale") {
      sum = own.factor * e.values(own.from[0])[i];
    } else if (own.kind === "norm") {
      const [w, b, m, v] = ["weight", "bias", "running_mean", "running_var"].map((k) => e.parameter(layer, k)[c]);
      sum = w * (e.values(own.from[0])[i] - m) / Math.sqrt(v + own.epsilon) + b;
    } else if (own.kind === "flatten") sum = e.values(own.from[0])[i];
    if (sum === null) continue;
    count += 1;
    if (!(Math.abs(sum - is) <= arguments[0] * Math.max(1, Math.abs(is)))) found.push([own.name, i, sum, is]);
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
