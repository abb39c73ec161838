"""Pages of filters that are no weighted sums, poolings or ranks: local normalisation, bilateral, Canny, CLAHE, and what
openings and closings take away."""

import random

from filters import agree, put, same_as_command
from pictures import random_picture, smooth_picture

FILTERS = {
    "localnorm:size=5": True, "localnorm:size=4x3,mean=40,deviation=30,floor=3": True, "bilateral": True,
    "bilateral:sigma-color=60,sigma-space=1.2,size=5": True, "tophat:size=5": True, "blackhat:size=4x2": True,
    "tophat:mask=110/011/001": True, "open:size=2": True, "close:size=4x3": True, "canny": False,
    "canny:low=30,high=300,norm=l2": False, "clahe": False, "clahe:clip=2,tiles=3x2": False, "clahe:0": False}
GEOMETRY = [["--stride", "2"], ["--stride", "3,1"], ["--padding", "zero"], ["--padding", "constant:77"],
            ["--padding", "reflect"], ["--padding", "reflect101"], ["--padding", "wrap"], ["--padding", "valid"],
            ["--padding", "full"], ["--anchor", "1,0"]]


def filter_works(bench):
    """What the page computes is what the command writes, in every sample; what is edited, too."""
    dice = random.Random(5)
    random_picture(bench, "gray.png", 23, 17, 1, 1)
    smooth_picture(bench, "colour.png", 26, 19, 3)
    smooth_picture(bench, "deep.png", 14, 21, 1, bits=16)
    random_picture(bench, "one.png", 1, 1, 3, 4)
    random_picture(bench, "row.png", 9, 1, 1, 5)
    count = 0
    for filter, is_placed in FILTERS.items():
        for file in ["gray.png", "colour.png", "deep.png", "one.png", "row.png"]:
            shapes = [[]]
            if is_placed and file in ["gray.png", "colour.png"]:
                shapes += dice.sample(GEOMETRY, 3)
            for shape in shapes:
                words = ["-k", filter, *shape, file]
                if file in ["one.png", "row.png"] and "size=4" in filter:
                    continue
                bench.run("explore", *words, "-o", "work.html", "--force", "--quiet")
                bench.open("work.html")
                same_as_command(bench, words, " ".join(words))
                said = bench.browser.text("#check")
                assert "Equal to what the command made" in said, (words, said)
                bench.browser.script("document.querySelector('#steps button')?.click()")
                put(bench.browser, "#kernel-size label:last-of-type input", "3")
                agree(bench, " ".join(words))
                count += 1
    return f"{count} pages"


def filter_parts(bench):
    """Filters of several steps: each can be looked at, an edited one is still one filter on the command line."""
    smooth_picture(bench, "parts.png", 24, 20, 3)
    for filter, names in {
            "tophat:size=4x3": ["erode", "dilate", "tophat: in − opened"],
            "blackhat:mask=110/011": ["dilate", "erode", "blackhat: closed − in"],
            "close:size=2": ["dilate", "erode"]}.items():
        bench.run("explore", "-k", filter, "-k", "median", "parts.png", "--anchor", "1,1", "-o", "parts.html", "--force")
        bench.open("parts.html")
        browser = bench.browser
        shown = browser.script("return [...document.querySelectorAll('#steps button')].map((b) => b.textContent)")
        assert [text.split(": ")[-1] for text in shown[:-1]] == [text.split(": ")[-1] for text in names], shown
        for step in range(2):
            browser.script("document.querySelectorAll('#steps button')[arguments[0]].click()", step)
            put(browser, "#kernel-size label:nth-of-type(1) input", str(4 + step))
            browser.script("document.querySelectorAll('#kernel button')[2].click()")
            agree(bench, f"{filter}: step {step}")
            put(browser, "#padding", ["reflect", "zero"][step], "change")
            put(browser, "#dilation-y", "2")
            agree(bench, f"{filter}: padding of step {step}")
        put(browser, "#stride-x", "2")
        agree(bench, f"{filter}: stride")
        command = browser.text("#command")
        assert filter.split(":")[0] + ":" in command and "--anchor 1,1" in command, command
        browser.script("explorer.move(2, 3)")
    # An anchor stays where it is said to be.
    for filter in ["maxpool:size=3", "sharpen", "localnorm:size=5", "rank:percent=30"]:
        bench.run("explore", "-k", filter, "--padding", "reflect", "--anchor", "0,1", "parts.png", "-o", "parts.html",
                  "--force")
        bench.open("parts.html")
        put(bench.browser, "#stride-y", "2")
        agree(bench, f"{filter} with an anchor")
        put(bench.browser, "#kernel-size input", "5")
        agree(bench, f"{filter} with an anchor and five columns")
    bench.run("explore", "-k", "canny:low=20,high=60,sigma=1.4", "parts.png", "-o", "parts.html", "--force")
    bench.open("parts.html")
    put(bench.browser, "#kernel-size label:nth-of-type(2) input", "30")
    assert "sigma=1.4" in bench.browser.text("#command"), bench.browser.text("#command")
    put(bench.browser, "#kernel-size select", "l2", "change")
    agree(bench, "canny after a Gaussian")
    for filter in ["unsharp:0x1.2+1.5+0.03", "unsharp:sigma=1,fraction=0.1"]:
        bench.run("explore", "-k", filter, "parts.png", "-o", "parts.html", "--force")
        bench.open("parts.html")
        agree(bench, filter, 1)
        put(bench.browser, "#kernel-more label:nth-of-type(2) input", "0.2")
        agree(bench, f"{filter}: fraction", 1)


def filter_work_looks(bench):
    """Each fits a phone, and says what the numbers are."""
    smooth_picture(bench, "looks.png", 30, 24, 3)
    for filter, words in {"localnorm:size=5": "s = √", "bilateral:sigma-space=1": "Σ weights", "canny:low=20,high=40": "x ",
                          "clahe:tiles=3": "becomes", "tophat": " − "}.items():
        bench.run("explore", "-k", filter, "looks.png", "-o", "looks.html", "--force")
        bench.open("looks.html")
        bench.browser.script("explorer.move(7, 9)")
        assert words in bench.browser.text("#sum"), bench.browser.text("#sum")
        bench.fits("filter-" + filter.split(":")[0])
