"""Photographs the console: every page in both themes and languages, wide and on a phone, into docs/images/console.

`make shots` calls it. It starts a server of its own on an empty folder and drives the system's Chromium. Words after
its name narrow what it takes: `python -m scripts.console_shots phone light zh`. It ends with what each page weighs
without pictures, and how soon it could be used.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import shutil
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from reelgate.client import Reelgate
from scripts.serving import gateway

OUT = Path(__file__).parents[1] / "docs" / "images" / "console"
KEY = "sk-shots-0123456789abcdefghijklmnopqrstuvwxyz"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
Dress = tuple[str, Literal["dark", "light"], ViewportSize]
PROMPTS = {
    "en": "A white horse runs across a misty meadow at sunrise, slow push in. Then a lighthouse at dusk by the sea. "
    "Cut to a city at night in the rain.",
    "zh": "一只橘猫在雨中的街道上奔跑，然后一匹白马站在黄昏的海边，切换到夜晚的城市，镜头拉远",
}
SEEDS = (
    ("animatic", "an old man feeds pigeons in a park", 4),
    ("wan2.7-t2v", "一艘船在海上航行，日落", 3),
    ("animatic", "a red car drives through the desert at noon", 3),
    (
        "animatic",
        "Ein Donaudampfschifffahrtsgesellschaftskapitän steht am Ufer und winkt, sehr lange und mit beiden Armen",
        2,
    ),
)
"""Orders that fill the lists: model, words, seconds."""
PATIENCE_MS = 120_000
SETTLES_MS = 300  # until what is live has spoken
SPOKEN = {"en": "en_US", "zh": "zh_CN"}
"""What the browser itself speaks, in fields of dates and files."""
WEIGHT = """() => {
  const all = performance.getEntries().filter((one) => /css|js/.test(one.name) || one.entryType === 'navigation');
  const page = performance.getEntriesByType('navigation')[0];
  return [all.reduce((sum, one) => sum + (one.decodedBodySize ?? 0), 0), page.domContentLoadedEventEnd];
}"""
"""The bytes of a page, its style and its scripts, and the ms after which it could be used."""
PAGES = {
    "tasks": "/console/tasks?view=gallery",
    "tasks-table": "/console/tasks?view=table",
    "nothing-found": "/console/tasks?q=nosuch",
    "not-possible": "/console/keys/nosuch",
    "models": "/console/models",
    "usage": "/console/usage",
    "statement": "/console/statement",
    "webhooks": "/console/webhooks",
    "keys": "/console/projects",
    "project": "/console/projects/default",
    "providers": "/console/providers",
    "margins": "/console/margins",
    "all-tasks": "/console/all-tasks",
    "audit": "/console/audit",
    "settings": "/console/settings",
}
"""The pages that need nothing but a visit."""


def photograph(page: Page, name: str) -> None:
    """Save what the page shows, as WebP."""
    OUT.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(OUT / f"{name}.webp", quality=88, method=6)


class Scales:
    """What pages weigh, and how soon they could be used: the most that was seen."""

    def __init__(self) -> None:
        self._most: dict[str, tuple[int, float]] = {}

    def weigh(self, page: Page, name: str) -> None:
        """Note a page that is open."""
        size, ready = page.evaluate(WEIGHT)
        most = self._most.get(name, (0, 0.0))
        self._most[name] = (max(size, most[0]), max(ready, most[1]))

    def told(self) -> str:
        """Return a line for each page."""
        lines = (f"{name:16} {size / 1024:5.1f} KiB {ready:5.0f} ms" for name, (size, ready) in self._most.items())
        return "\n".join(lines)


def visit(browser: Browser, url: str, dressed: Dress, made: str, scales: Scales) -> str:
    """Photograph every page in one dress; return the address of a finished task."""
    language, theme, size = dressed
    locale = {"en": "en-US", "zh": "zh-CN"}[language]
    page = browser.new_context(locale=locale, color_scheme=theme, viewport=size).new_page()
    page.set_default_timeout(PATIENCE_MS)
    dress = f"{'phone' if size is PHONE else 'wide'}-{theme}-{language}"
    page.goto(f"{url}/console/sign-in")
    photograph(page, f"sign-in-{dress}")
    page.fill("#key", KEY)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/console")
    page.fill("#prompt", PROMPTS[language])
    page.wait_for_selector("#preview .strip img")
    if not made:
        page.click("#preview .button.main:not([disabled])")
        page.wait_for_url(re.compile("/console/tasks/task_"))
        page.wait_for_selector("video")
        made = page.url
        page.goto(f"{url}/console")
        page.fill("#prompt", PROMPTS[language])
    page.select_option("#model", "wan2.7-t2v")
    page.wait_for_selector("#preview .button.main:has-text('0.42')")
    page.wait_for_load_state("networkidle")
    photograph(page, f"studio-{dress}")
    page.select_option("#model", "animatic")
    page.wait_for_selector(".inputs")
    page.click("button[value=choose]")
    page.wait_for_url(f"{url}/console/compare")
    page.check("[name=models][value='wan2.7-t2v']")
    page.click("button[value=prices]")
    page.wait_for_selector("button[value=make]")
    photograph(page, f"compare-{dress}")
    page.goto(f"{url}/console?model=animatic")
    page.click(".inputs > summary")
    photograph(page, f"studio-inputs-{dress}")
    page.goto(made)
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
    photograph(page, f"task-{dress}")
    lists(page, url, dress, scales)
    page.context.close()
    return made


def lists(page: Page, url: str, dress: str, scales: Scales) -> None:
    """Photograph the pages that need nothing but a visit, a form that was refused, and a webhook."""
    for name, path in PAGES.items():
        page.goto(f"{url}{path}")
        scales.weigh(page, name)
        page.wait_for_timeout(SETTLES_MS)
        photograph(page, f"{name}-{dress}")
    page.goto(f"{url}/console/projects/default")
    page.fill("#limit-spend_day_micros", "a lot")
    page.click("form:has(#limit-spend_day_micros) button:not(.main)")
    page.locator("#wrong-limit-spend_day_micros").scroll_into_view_if_needed()
    photograph(page, f"refused-{dress}")
    page.goto(f"{url}/console/webhooks")
    page.click("th .tile-link >> nth=0")
    photograph(page, f"webhook-{dress}")


def visit_empty(browser: Browser, url: str, dressed: Dress, key: str) -> None:
    """Photograph the pages of a project that has ordered nothing yet."""
    language, theme, size = dressed
    locale = {"en": "en-US", "zh": "zh-CN"}[language]
    page = browser.new_context(locale=locale, color_scheme=theme, viewport=size).new_page()
    page.goto(f"{url}/console/sign-in")
    page.fill("#key", key)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/console")
    for name in ("tasks", "usage", "webhooks"):
        page.goto(f"{url}/console/{name}")
        photograph(page, f"empty-{name}-{'phone' if size is PHONE else 'wide'}-{theme}-{language}")
    page.context.close()


def seed(url: str) -> str:
    """Order a few videos and make what lists hold; return a key of a project that has ordered nothing."""
    with Reelgate(url, key=KEY) as client:
        for model, prompt, seconds in SEEDS:
            client.create(prompt=prompt, model=model, duration=seconds)
        unwanted = client.create(prompt="a ship that nobody waits for", model="animatic", duration=60).id
    _sent(url, "POST", f"/v1/tasks/{unwanted}/cancel", {})
    limited = {"spend_day_micros": 900_000, "budget_month_micros": 300_000}
    _sent(url, "PATCH", "/admin/v1/projects/default", limited)
    _sent(url, "POST", "/admin/v1/keys", {"name": "the cutting room on the third floor", "project_id": "default"})
    _sent(url, "POST", "/v1/webhooks", {"url": "http://127.0.0.1:9/a/hook/that/nobody/answers", "note": "cutters"})
    _sent(url, "POST", "/admin/v1/projects", {"id": "acme", "name": "Acme Films"})
    return str(_sent(url, "POST", "/admin/v1/keys", {"name": "first", "project_id": "acme"})["secret"])


def _sent(url: str, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    head = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
    request = urllib.request.Request(url + path, json.dumps(body).encode(), head, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return found


def main() -> None:
    """Photograph everything."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("reelgate: no Chromium here; on Debian or Ubuntu: apt-get install chromium fonts-noto-cjk")
    made = ""
    with (
        tempfile.TemporaryDirectory() as folder,
        gateway(Path(folder), "--allow-private-callbacks", key=KEY) as server,
        sync_playwright() as playwright,
    ):
        empty_key, scales = seed(server.url), Scales()
        sizes = {"wide": WIDE, "phone": PHONE}
        for width, language, theme in itertools.product(sizes, PROMPTS, THEMES):
            if set(sys.argv[1:]) <= {width, language, theme}:
                dressed = (language, theme, sizes[width])
                own: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": SPOKEN[language]}
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=own)
                made = visit(browser, server.url, dressed, made, scales)
                visit_empty(browser, server.url, dressed, empty_key)
                browser.close()
        print(scales.told())


if __name__ == "__main__":
    main()
