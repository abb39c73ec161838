"""The program, the browser and a folder for both; how every page is looked at."""

import pathlib
import subprocess

import looks

TREE = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = TREE / "SampleImages"


class Bench:
    """The program, the browser and a folder for both."""

    def __init__(self, program, browser, folder, screenshots):
        self.program, self.browser, self.folder = program, browser, pathlib.Path(folder)
        self.screenshots = screenshots
        # axe-core beside our own rules, where it is installed.
        self.axe = looks.axe()

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
        """Nothing scrolls sideways on a small phone, in either scheme; everything can be read, called by a name and
        reached by keys."""
        found = []
        for scheme in ["light", "dark"]:
            self.browser.scheme(scheme)
            for width, height in [(320, 640), (1280, 900)]:
                self.browser.size(width, height, phone=width == 320)
                self.browser.script("window.dispatchEvent(new Event('resize'))")
                wide = self.browser.script("return document.documentElement.scrollWidth")
                if wide > width:
                    found.append(f"{wide} pixels wide: {self.browser.script(looks.TOO_WIDE)}")
                self.shows(f"{name}-{scheme}-{width}")
                said = self.browser.script(looks.CONTRAST) + self.browser.script(looks.RULES)
                if self.axe and width == 320:
                    self.browser.script(self.axe)
                    said += self.browser.promised(looks.AXE)
                found += [f"{scheme}, {width}: {one}" for one in said]
        self.browser.scheme("light")
        found += looks.unreached(self.browser)
        assert not found, f"{name}:\n" + "\n".join(dict.fromkeys(found))
        self.quiet()
