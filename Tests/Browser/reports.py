"""Pages of trainings; names with markup in them, in any page."""

import random
import shlex

from models import train
from pictures import random_picture, write_png


def reports(bench):
    """The page of a training and the comparison of two: they fit a phone, and need no script."""
    train(bench, "r.safetensors", "--layers", "conv 4 3x3 relu; flatten; dense 10")
    bench.run("train", "digits", "--layers", "flatten; dense 10", "--epochs", "14", "--quiet", "--output",
              "s.safetensors", "--watch")
    bench.run("compare", "r.safetensors", "s.safetensors", "-o", "both.html", "--force")
    browser = bench.browser
    bench.run("evaluate", "r.safetensors", "digits", "--report", "e.html", "--force")
    for page in ["r-report.html", "s-report.html", "both.html", "e.html"]:
        bench.open(page)
        bench.fits(page.removesuffix(".html"))
    for page in ["r-report.html", "e.html"]:
        same_counts(bench, page)


def same_counts(bench, page):
    """What a page says of the test images is what evaluate prints."""
    browser = bench.browser
    bench.open(page)
    evaluated = bench.run("evaluate", "r.safetensors", "digits").split("accuracy ")[1].split(" %")[0]
    assert f"{evaluated} % of the test images right" in browser.text("body"), evaluated
    counts = browser.script("return [...document.querySelector('.confusion').querySelectorAll('td')]"
                            ".reduce((a, e) => a + Number(e.textContent || 0), 0)")
    assert counts == 297, counts


def hostile_names(bench):
    """Markup in file names stays text."""
    name = "<img src=x onerror=window.bad=1>'\"&<!--<script>window.bad=1<!--.png"
    random_picture(bench, name.replace("/", ""), 6, 6, 1, 5)
    bench.run("explore", "-k", "3x3: 0,-1,0,-1,5,-1,0,-1,0", name, "-o", "hostile.html", "--force")
    bench.open("hostile.html")
    assert bench.browser.script("return window.bad ?? null") is None
    assert name in bench.browser.text("#title"), bench.browser.text("#title")
    # What the page lets copy is one word for a shell, whatever is in it.
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
    bench.run("evaluate", "h.safetensors", "classes", "--split", "all", "--report", "h-evaluated.html")
    for page in ["hostile-model.html", "h-report.html", "h-evaluated.html"]:
        bench.open(page)
        assert bench.browser.script("return window.bad ?? null") is None, page
        assert "onerror=window.bad=2" in bench.browser.text("body"), page
