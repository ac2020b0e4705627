"""A headless Chromium spoken to over a pair of pipes, for tests of pages."""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
"""Where the browser is, "" where there is none."""

SECONDS = 10

Answer = dict[str, Any]


class Browser:
    """One browser; `events` are those of all pages since the last one was opened."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader, self.writer = reader, writer
        self.events: list[Answer] = []
        self.count = 0
        self.rest = b""

    def call(self, method: str, session: str = "", **parameters: Any) -> Answer:
        """What the browser answers to a command."""
        self.count += 1
        own = self.count
        command = {"id": own, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self.writer, json.dumps(command).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == own:
                assert "error" not in answer, (method, answer["error"])
                return cast(Answer, answer["result"])
            self.events.append(answer)

    def _next(self) -> Answer:
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reader], [], [], SECONDS)
            assert ready, "the browser says nothing"
            part = os.read(self.reader, 1 << 20)
            assert part, "the browser is gone"
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return cast(Answer, json.loads(message))

    def open(self, path: Path, width: int = 1200, height: int = 800, dark: bool = False) -> "Tab":
        """A page in a tab of its own, when it has drawn itself."""
        self.events.clear()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session, target)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.call(f"{domain}.enable")
        tab.size(width, height)
        tab.dark(dark)
        tab.call("Page.navigate", url=path.as_uri())
        tab.until("document.documentElement?.dataset.ready == 'yes'")
        tab.settle()
        return tab


class Tab:
    """One page, and what a reader can do with it."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self.browser, self.session, self.target = browser, session, target

    def call(self, method: str, **parameters: Any) -> Answer:
        return self.browser.call(method, self.session, **parameters)

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, condition: str) -> None:
        end = time.monotonic() + SECONDS
        while not self.run(condition):
            assert time.monotonic() < end, (condition, self.troubles())
            time.sleep(0.02)

    def settle(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))"
        )

    def text(self, selector: str) -> str:
        return cast(str, self.run(f"document.querySelector({json.dumps(selector)}).textContent"))

    def size(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def dark(self, dark: bool) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def mouse(self, kind: str, x: float, y: float, held: bool = False) -> None:
        button = "left" if kind != "mouseMoved" or held else "none"
        parameters = {"button": button, "buttons": int(held), "clickCount": int(kind != "mouseMoved")}
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, pointerType="mouse", **parameters)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.mouse("mouseMoved", *start)
        self.mouse("mousePressed", *start, held=True)
        for part in (0.5, 1):
            x, y = (a + (b - a) * part for a, b in zip(start, end, strict=True))
            self.mouse("mouseMoved", x, y, held=True)
        self.mouse("mouseReleased", *end)
        self.settle()

    def touch(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A finger set down, moved and lifted."""
        self.call("Emulation.setTouchEmulationEnabled", enabled=True)
        points = [start, tuple((a + b) / 2 for a, b in zip(start, end, strict=True)), end]
        for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
            self.call("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.settle()

    def key(self, name: str, shift: bool = False) -> None:
        text = {"text": name} if len(name) == 1 else {}
        codes = {"ArrowLeft": 37, "ArrowRight": 39, "ArrowUp": 38, "ArrowDown": 40, "Tab": 9, "Enter": 13}
        code = {"windowsVirtualKeyCode": codes.get(name, 0)}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, modifiers=8 * shift, **code, **text)
        self.settle()

    def troubles(self) -> list[Any]:
        """What the console holds, and what could not be done."""
        found = []
        for event in self.browser.events:
            if event.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
                found.append(event["params"])
        return found

    def requests(self) -> list[str]:
        """The addresses of all that was asked for."""
        own = [each for each in self.browser.events if each.get("method") == "Network.requestWillBeSent"]
        return [each["params"]["request"]["url"] for each in own]

    def picture(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        self.browser.call("Target.closeTarget", targetId=self.target)


@contextmanager
def running() -> Iterator[Browser]:
    """A browser of its own profile, ended at the end."""
    commands, writer = os.pipe()
    reader, answers = os.pipe()
    high = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (commands, answers)]
    with tempfile.TemporaryDirectory() as profile:
        flags = "--headless --no-sandbox --disable-gpu --remote-debugging-pipe --no-first-run --hide-scrollbars".split()
        words = [CHROMIUM, *flags, f"--user-data-dir={profile}", "about:blank"]
        quiet = [(os.POSIX_SPAWN_OPEN, place, os.devnull, os.O_RDWR, 0) for place in (1, 2)]
        pipes = [(os.POSIX_SPAWN_DUP2, high[0], 3), (os.POSIX_SPAWN_DUP2, high[1], 4)]
        child = os.posix_spawn(CHROMIUM, words, os.environ, file_actions=[*quiet, *pipes], setpgroup=0)
        for each in (commands, answers, *high):
            os.close(each)
        try:
            yield Browser(reader, writer)
        finally:
            os.close(writer)
            os.close(reader)
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            time.sleep(0.1)
