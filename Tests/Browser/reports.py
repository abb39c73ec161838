"""Pages of trainings; names with markup in them, in any page."""

import random
import shlex
import subprocess
import time

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


def watched(bench):
    """The page of a training that runs reads itself again, until the run has ended, and then no more."""
    browser = bench.browser
    words = ["train", "digits", "--layers", "conv 24 3x3 relu; conv 24 3x3 relu; flatten; dense 10", "--watch",
             "--quiet", "--force", "--output", "w.safetensors", "--epochs"]
    start = time.monotonic()
    bench.run(*words, "40")
    # About a quarter of a minute's.
    epochs = int(40 * 15 / (time.monotonic() - start))
    page = bench.folder / "w-report.html"
    page.unlink()
    run = subprocess.Popen([bench.program, *words, str(epochs)], cwd=bench.folder)
    try:
        until(page.exists)
        bench.open(page.name)
        seen = {}
        # Which epoch each reading shows; a reading is told by the time of its beginning.
        until(lambda: seen.update([reading(browser)]) or len(seen) >= 3)
        shown = [seen[begun] for begun in sorted(seen)]
        assert shown == sorted(shown) and shown[0] < shown[-1] < epochs, shown
        assert run.wait(300) == 0
    finally:
        run.kill()
    until(lambda: "images right" in browser.text("body"))
    last = reading(browser)
    time.sleep(4)
    assert reading(browser) == last and last[1] == epochs, last
    bench.quiet()
    broken_off(bench, page, words)
    return f"epochs {', '.join(map(str, shown))}, then all {epochs}"


def broken_off(bench, page, words):
    """What was stopped says so on its last page, and how to go on."""
    page.unlink()
    run = subprocess.Popen([bench.program, *words, "100000"], cwd=bench.folder)
    try:
        until(page.exists)
        time.sleep(1)
        run.terminate()
        assert run.wait(60) != 0
    finally:
        run.kill()
    bench.open(page.name)
    begun = reading(bench.browser)
    text = bench.browser.text("body")
    assert "Stopped after step" in text and "--resume w.checkpoint.safetensors" in text, text[:500]
    time.sleep(4)
    assert reading(bench.browser) == begun


def reading(browser):
    """When the page was read, and how many epochs it holds."""
    while True:
        try:
            return tuple(browser.script(
                "return [performance.timeOrigin,"
                " JSON.parse(document.getElementById('data').textContent).epochs.length]"))
        except RuntimeError:
            time.sleep(0.05)  # Between two readings.


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.2)


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
