"""Pages of filters: their numbers are the command's, whatever is edited, and pointer and keys move the window."""

import random
import shlex

from bench import SAMPLES
from pictures import random_picture, read_pnm, write_png
from webdriver import DOWN, RIGHT


def last_result(browser):
    return browser.script(
        "const p = explorer.pictures().at(-1); return [p.width, p.height, p.channels, [...p.samples]]")


def same_as_command(bench, words, what, most=0):
    """The result of the page beside that of the command, no sample further apart than `most` levels."""
    target = bench.folder / "command.pnm"
    bench.run("apply", *words, target, "--force")
    width, height, channels, samples = read_pnm(target)
    page = last_result(bench.browser)
    assert page[:3] == [width, height, channels], f"{what}: {page[:3]} is not {width, height, channels}"
    wrong = sum(abs(a - b) > most for a, b in zip(page[3], samples))
    assert not wrong and len(page[3]) == len(samples), f"{what}: {wrong} of {len(samples)} samples differ"


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
        picks = ([(g, []) for g in dice.sample(geometry, 6)]
                 + [(dice.choice(geometry), r) for r in dice.sample(results, 3)])
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


def put(browser, selector, value, event="input"):
    """Writes into a control, as a hand does."""
    browser.script(
        "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
        "e.dispatchEvent(new Event(arguments[2], { bubbles: true }));", selector, value, event)


def agree(bench, what, most=0):
    """What is edited in the page yields what the command line shown there yields; `most` levels apart."""
    words = shlex.split(bench.browser.text("#command"))
    assert words[:2] == ["convfilter", "apply"] and words[-1] == "out.png", words
    same_as_command(bench, words[2:-1], f"{what}: {words}", most)
    assert bench.browser.text("#geometry-problem") == "", what


def press(browser, text):
    browser.script("[...document.querySelectorAll('button')].find((b) => b.textContent === arguments[0]).click()", text)


def filter_edits(bench):
    """Kernel, stride, dilation, padding and range, edited one after the other."""
    random_picture(bench, "small.png", 15, 11, 3, 4)
    bench.run("explore", "-k", "sharpen", "small.png", "-o", "edit.html", "--force")
    bench.open("edit.html")
    browser = bench.browser
    agree(bench, "as it was")
    put(browser, "#kernel input:nth-of-type(1)", "2.5")
    agree(bench, "a tap")
    put(browser, "#stride-x", "2")
    put(browser, "#dilation-y", "2")
    agree(bench, "stride and dilation")
    for padding in PADDINGS:
        put(browser, "#padding", padding, "change")
        if padding == "constant":
            put(browser, "#constant", "200")
        agree(bench, padding)
    put(browser, "#range", "abs", "change")
    agree(bench, "magnitudes")
    press(browser, "Turn 90°")
    agree(bench, "turned")
    put(browser, "#kernel-size select", browser.script(
        "return [...document.querySelectorAll('#kernel-size option')].find((o) => o.textContent === 'emboss').value"),
        "change")
    agree(bench, "another kernel")
    put(browser, "#kernel-size input", "5")
    agree(bench, "five columns")
    put(browser, "#kernel input:nth-of-type(1)", "one")
    assert "no number" in browser.text("#kernel-problem")
    bench.quiet()


PADDINGS = ["zero", "constant", "reflect", "wrap", "valid", "truncate", "full"]


def filter_picks(bench):
    """Ranks and extremes: the numbers of the window stand in order, and the chosen one is the result; members,
    sides, ranks and windows can be edited."""
    random_picture(bench, "pick.png", 13, 12, 1, 6)
    bench.run("explore", "-k", "median", "-k", "open:size=5,shape=disk", "-k", "rank:percent=30", "pick.png", "-o",
              "pick.html", "--force")
    bench.open("pick.html")
    browser = bench.browser
    # An opening is eroded and dilated.
    names = browser.script("return [...document.querySelectorAll('#steps button')].map((b) => b.textContent)")
    assert [n.split(": ", 1)[1] for n in names] == [
        "median", "open:size=5,shape=disk: erode", "open:size=5,shape=disk: dilate", "rank:percent=30"], names
    agree(bench, "as it was")
    browser.script("document.querySelectorAll('#steps button')[0].click()")
    _, _, _, samples = read_pnm_of(bench, "pick.png")
    for x, y in [(0, 0), (4, 5), (12, 11)]:
        browser.script("explorer.move(arguments[0], arguments[1])", x, y)
        at = lambda i, n: max(0, min(i, n - 1))
        window = sorted(samples[at(y + j, 12) * 13 + at(x + i, 13)] for j in [-1, 0, 1] for i in [-1, 0, 1])
        shown = browser.script("return [...document.querySelectorAll('[aria-label=\"in order\"] .cells span')]"
                               ".map((e) => Number(e.textContent))")
        assert shown == window, (shown, window)
        chosen = browser.script("return [...document.querySelectorAll('#arithmetic .chosen')].map((e) => e.textContent)")
        assert chosen == [str(window[4])] * 2 and browser.text("#value") == str(window[4]), chosen
    assert browser.script("return document.querySelector('#range').getClientRects().length") == 0
    for step, kinds in [(0, ["erode", "dilate", "gradient", "rank", "median"]), (3, ["dilate", "rank"])]:
        browser.script("document.querySelectorAll('#steps button')[arguments[0]].click()", step)
        for kind in kinds:
            put(browser, "#kernel-size select", kind, "change")
            agree(bench, kind)
            if kind == "rank":
                put(browser, "#kernel-size label:nth-of-type(2) input", "85")
                agree(bench, "85 per cent")
    put(browser, "#kernel-size label:last-of-type input", "4")
    agree(bench, "four rows")
    browser.script("document.querySelectorAll('#kernel button')[1].click()")
    browser.script("document.querySelectorAll('#kernel button')[2].click()")
    agree(bench, "without two members")
    put(browser, "#stride-x", "2")
    put(browser, "#dilation-x", "3")
    for padding in PADDINGS:
        put(browser, "#padding", padding, "change")
        agree(bench, padding)
    bench.fits("filter-picks")


def filter_unsharp(bench):
    """A sharpened sample is the sample and a part of what the blur takes; results are within a level."""
    random_picture(bench, "soft.png", 30, 20, 3, 8)
    for spec in ["unsharp", "unsharp:2,0.8,1.5,4", "unsharp:sigma=1.5,amount=0.6,threshold=20,stride=2"]:
        bench.run("explore", "-k", spec, "soft.png", "-o", "soft.html", "--force")
        bench.open("soft.html")
        agree(bench, spec, 1)
        said = bench.browser.text("#check")
        assert "Equal to" in said or said.startswith("Within 1 level of what the command made"), said
        for place, value in [(1, "2.25"), (2, "7.5")]:
            put(bench.browser, f"#kernel-more label:nth-of-type({place}) input", value)
            agree(bench, f"{spec}: {value}", 1)
        put(bench.browser, "#dilation-x", "2")
        put(bench.browser, "#padding", "valid", "change")
        agree(bench, f"{spec}: other windows", 1)
        bench.browser.script("explorer.move(3, 2)")
        ending = bench.browser.text("#ending")
        assert "2.25" in ending or "stays" in ending, ending
    bench.fits("filter-unsharp")


def read_pnm_of(bench, picture):
    bench.run("apply", "-k", "identity", picture, bench.folder / "same.pgm", "--force")
    return read_pnm(bench.folder / "same.pgm")


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
