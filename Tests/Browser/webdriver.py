"""A small client for a browser: chromedriver's own words (W3C WebDriver and Chromium's DevTools), with
nothing but the standard library."""

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request


def find():
    """Browser and driver, or None where either is missing."""
    driver = shutil.which("chromedriver")
    browser = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])),
                   None)
    return (browser, driver) if browser and driver else None


class Browser:
    """A browser without a window; use it with `with`."""

    def __init__(self, browser, driver):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [driver, f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = ""
        options = {
            "binary": browser,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=1200,900", "--hide-scrollbars"],
        }
        capabilities = {"alwaysMatch": {
            "browserName": "chrome", "timeouts": {"script": 110000}, "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}
        for attempt in range(60):
            try:
                made = self.ask("POST", "/session", {"capabilities": capabilities})
                break
            except (urllib.error.URLError, ConnectionError):
                if attempt == 59:
                    self.process.terminate()
                    raise
                time.sleep(0.25)
        self.session = "/session/" + made["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.ask("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait(10)

    def ask(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{self.session}{path}", data, method=method,
            headers={"Content-Type": "application/json"})
        # No proxy between this program and its own driver.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode(errors="replace")) from None

    def open(self, path):
        self.ask("POST", "/url", {"url": "file://" + str(path)})

    def script(self, source, *arguments):
        return self.ask("POST", "/execute/sync", {"script": source, "args": list(arguments)})

    def promised(self, source, *arguments):
        """What a script hands to its last argument, a function, in its own time."""
        return self.ask("POST", "/execute/async", {"script": source, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def size(self, width, height, phone=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=2 if phone else 1, mobile=phone)

    def scheme(self, name):
        """`dark` or `light`."""
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": name}])

    def log(self, kind):
        return self.ask("POST", "/se/log", {"type": kind})

    def complaints(self):
        """What the console says is wrong since the last look."""
        return [entry["message"] for entry in self.log("browser") if entry["level"] == "SEVERE"]

    def requests(self):
        """Addresses asked for since the last look that are no files of this machine."""
        found = []
        for entry in self.log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = message["params"]["request"]["url"]
                if not address.startswith(("file:", "data:", "blob:", "about:")):
                    found.append(address)
        return found

    def element(self, selector):
        found = self.ask("POST", "/element", {"using": "css selector", "value": selector})
        return next(iter(found.values()))

    def keys(self, selector, text):
        self.ask("POST", f"/element/{self.element(selector)}/value", {"text": text})

    def click(self, selector):
        self.ask("POST", f"/element/{self.element(selector)}/click", {})

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0]).textContent", selector)

    def screenshot(self, path, whole=True):
        if whole:
            picture = self.devtools("Page.captureScreenshot", format="png",
                                    captureBeyondViewport=True)["data"]
        else:
            picture = self.ask("GET", "/screenshot")
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture))


LEFT, UP, RIGHT, DOWN = "\ue012", "\ue013", "\ue014", "\ue015"
