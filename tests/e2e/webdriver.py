# SPDX-License-Identifier: Apache-2.0
"""Chromium as a person uses it: the few commands of W3C WebDriver that tests need, over plain HTTP to Debian's chromedriver."""
import base64
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

PATIENCE = 120  # s: a crowded machine is no failure
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # key of a reference to an element: W3C WebDriver, 11
ENTER, ESCAPE, TAB = "\ue007", "\ue00c", "\ue004"
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1400,1100")


def until(condition, patience=PATIENCE):
    """Whether the condition held within the time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


class Browser:
    """A headless Chromium with a profile of its own in `scratch`; downloads go to scratch/downloads."""

    def __init__(self, scratch):
        binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if not binary or not driver:
            sys.exit("webdriver.py: chromium or chromedriver is missing; ./install_packages installs them")
        self.downloads = scratch / "downloads"
        self.downloads.mkdir(exist_ok=True)
        self.process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = next(m.group(1) for line in self.process.stdout if (m := re.search(r"started successfully on port (\d+)", line)))
        self.address = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # of this host: no proxy
        options = {"binary": binary, "args": [*ARGUMENTS, f"--user-data-dir={scratch}/profile"],
                   "prefs": {"download.default_directory": str(self.downloads),
                             "profile.default_content_setting_values.automatic_downloads": 1}}
        try:
            session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                "timeouts": {"script": PATIENCE * 1000, "pageLoad": PATIENCE * 1000}}}})
        except BaseException:
            self.process.terminate()
            raise
        self.address += f"/session/{session['sessionId']}"
        self.open("about:blank")
        self.log("performance")  # of the page Chromium begins with

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=2 * PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {json.load(error)['value']['message']}") from None

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """A function body in the page; elements and plain values go in and out."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """A function body whose last argument is to be called with what goes out."""
        return self.call("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})

    def count(self, selector):
        return len(self.call("POST", "/elements", {"using": "css selector", "value": selector}))

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).innerText", selector)

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)[ELEMENT]}/click", {})

    def type(self, selector, keys):
        self.call("POST", f"/element/{self.find(selector)[ELEMENT]}/value", {"text": keys})

    def press(self, *keys):
        """Keys one after the other, to what has the focus."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def drag(self, selector, begin, end):
        """With the left button, from and to places of the element in shares of its width and height."""
        box = self.run("const e = document.querySelector(arguments[0]); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
                       "return [r.left, r.top, r.width, r.height]", selector)
        def move(share):
            return {"type": "pointerMove", "duration": 50, "x": round(box[0] + share[0] * box[2]), "y": round(box[1] + share[1] * box[3])}
        half = tuple((a + b) / 2 for a, b in zip(begin, end))
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
            move(begin), {"type": "pointerDown", "button": 0}, move(half), move(end), {"type": "pointerUp", "button": 0}]}]})

    def log(self, kind):
        """What came since the last call: "browser", the console; "performance", events of the DevTools protocol."""
        return self.call("POST", "/se/log", {"type": kind})

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def screenshot(self, path, selector=None):
        at = f"/element/{self.find(selector)[ELEMENT]}" if selector else ""
        path.write_bytes(base64.b64decode(self.call("GET", at + "/screenshot")))

    def print(self, path):
        path.write_bytes(base64.b64decode(self.call("POST", "/print", {"background": True})))
