"""A real browser: Debian's Chromium, driven by Playwright, and what every test of it needs."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.server import KEY, Server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 480_000

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; apt-get install chromium")


def opened(browser: Browser, server: Server, *, key: str = KEY, **settings: object) -> tuple[Page, list[str]]:
    """Open the console, signed in, and collect what the browser complains of: errors, breaches of the policy."""
    page, complaints = stranger(browser, server, **settings)
    page.fill("#key", key)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/console(?!/sign-in)"))
    return page, complaints


def focused(page: Page, field: str) -> None:
    """Wait until a page that has loaded gives the focus to its field: `autofocus` acts with the first frame drawn."""
    page.wait_for_function("(field) => document.activeElement?.id === field", arg=field)


def stranger(browser: Browser, server: Server, **settings: object) -> tuple[Page, list[str]]:
    """Open the door of the console, and collect what the browser complains of."""
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(server.url) else complaints.append(asked.url))
    page.goto(f"{server.url}/")
    return page, complaints
