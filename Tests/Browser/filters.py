"""Pages of filters: their numbers are the command's, whatever is edited, and pointer and keys move the window."""

import random
import shlex

from bench import SAMPLES
from pictures import random_picture, read_pnm, write_png
from webdriver import DOWN, RIGHT


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
