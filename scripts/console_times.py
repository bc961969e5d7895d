"""Times what a person waits for: from an empty data folder to a playing video, and previews beside renders.

`make times` calls it. The first half drives the system's Chromium; the second sends `POST /v1/previews`, one after
another, while as many renders run as the server has workers. Beside each figure stands the machine's load, without
which it says little.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from reelgate.client import Reelgate, Task
from scripts.console_shots import FLAGS, KEY, PATIENCE_MS
from scripts.serving import gateway

PROMPT = "a white horse runs across a meadow at dawn, then a boat at sea"
SUBJECTS = ("horse", "cat", "dog", "fox", "boat", "train", "robot", "elephant", "bear", "rabbit")
PLACES = ("in a meadow", "on a beach", "in a city at night", "in a forest in the rain", "in the desert at noon")
LONG_SECONDS = 60


def load() -> str:
    """Return the load of the last minute."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def first_video(chromium: str, url: str, began: float) -> None:
    """Print the seconds of each phase from the server's start to a playing video."""
    phases = [("server started", time.perf_counter())]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(locale="en-US").new_page()
        page.set_default_timeout(PATIENCE_MS)
        phases.append(("browser started", time.perf_counter()))
        page.goto(f"{url}/console")
        page.wait_for_selector("#key")
        phases.append(("page opened", time.perf_counter()))
        page.fill("#key", KEY)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{url}/console")
        page.wait_for_selector("#prompt")
        phases.append(("signed in, Studio usable", time.perf_counter()))
        page.fill("#prompt", PROMPT)
        page.wait_for_selector("#preview .strip img")
        phases.append(("storyboard and price shown", time.perf_counter()))
        page.click("#preview .button.main:not([disabled])")
        page.wait_for_url(re.compile("/console/tasks/task_"))
        phases.append(("ordered", time.perf_counter()))
        page.wait_for_function("() => (document.querySelector('#card video')?.currentTime ?? 0) > 0")
        phases.append(("5 s video plays", time.perf_counter()))
        browser.close()
    before = began
    for name, at in phases:
        print(f"{name:<28} {at - before:6.2f} s")
        before = at
    opened = dict(phases)["browser started"]
    print(f"{'from opening to playing':<28} {phases[-1][1] - opened:6.2f} s, {load()}")


def previews(url: str, count: int, renders: int) -> None:
    """Print how long previews take, each of words that were not drawn before, alone and beside renders."""
    with Reelgate(url, key=KEY) as client:
        for busy in (0, renders):
            made = [client.create(model="animatic", prompt=f"a parade {n}", duration=LONG_SECONDS) for n in range(busy)]
            _until_rendering(made)
            took = []
            for number in range(count):
                subject, place = SUBJECTS[number % len(SUBJECTS)], PLACES[number // len(SUBJECTS) % len(PLACES)]
                at = time.perf_counter()
                client.preview(model="animatic", prompt=f"a {subject} walks {place}, then take {number} of {busy}")
                took.append(1000 * (time.perf_counter() - at))
            still = sum(task.refresh().raw["state"] == "running" for task in made)
            p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
            print(f"previews beside {busy} renders   p50 {p50:4.0f} ms  p95 {p95:4.0f} ms  most {max(took):4.0f} ms, "
                  f"{count} of them, {still} renders still ran, {load()}")  # fmt: skip
            for task in made:
                task.cancel()


def _until_rendering(made: list[Task]) -> None:
    """Wait until every task is being drawn."""
    while not all(task.refresh().raw["state"] == "running" for task in made):
        time.sleep(0.1)


def main() -> None:
    """Time both."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--previews", type=int, default=50, help="how many, alone and beside renders")
    asked.add_argument("--renders", type=int, default=2)
    given = asked.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with gateway(Path(folder), key=KEY) as server:
            if chromium is None:
                print("no Chromium here; on Debian or Ubuntu: apt-get install chromium")
            else:
                first_video(chromium, server.url, began)
            previews(server.url, given.previews, given.renders)


if __name__ == "__main__":
    main()
