"""Photographs the console: every page in both themes and languages, wide and on a phone, into docs/images/console.

`make shots` calls it. It starts a server of its own on an empty folder and drives the system's Chromium. Words after
its name narrow what it takes: `python -m scripts.console_shots phone light zh`.
"""

from __future__ import annotations

import io
import itertools
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

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
)
"""Orders that fill the lists: model, words, seconds."""
PATIENCE_MS = 120_000
PAGES = {
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


def visit(browser: Browser, url: str, dressed: Dress, made: str) -> str:
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
    page.goto(f"{url}/console/tasks")
    page.wait_for_load_state("networkidle")
    photograph(page, f"tasks-{dress}")
    for name, path in PAGES.items():
        page.goto(f"{url}{path}")
        photograph(page, f"{name}-{dress}")
    page.context.close()
    return made


def seed(url: str) -> None:
    """Order a few videos, so that lists hold something."""
    with Reelgate(url, key=KEY) as client:
        for model, prompt, seconds in SEEDS:
            client.create(prompt=prompt, model=model, duration=seconds)


def main() -> None:
    """Photograph everything."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("reelgate: no Chromium here; on Debian or Ubuntu: apt-get install chromium fonts-noto-cjk")
    made = ""
    with (
        tempfile.TemporaryDirectory() as folder,
        gateway(Path(folder), key=KEY) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        seed(server.url)
        sizes = {"wide": WIDE, "phone": PHONE}
        for width, language, theme in itertools.product(sizes, PROMPTS, THEMES):
            if set(sys.argv[1:]) <= {width, language, theme}:
                made = visit(browser, server.url, (language, theme, sizes[width]), made)
        browser.close()


if __name__ == "__main__":
    main()
