"""The console in a real browser: Debian's Chromium, driven by Playwright. Skipped if no browser is installed."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.console.browsing import focused, needs_browser, opened
from tests.e2e.server import Server

pytestmark = needs_browser


def test_from_an_empty_page_to_a_playing_video(browser: Browser, server: Server, tmp_path: Path) -> None:
    page, complaints = opened(browser, server, locale="en-US", color_scheme="dark")
    focused(page, "prompt")
    page.keyboard.type("a cat walks on grass, then a boat at sea")
    page.wait_for_function("() => document.querySelectorAll('#preview .shot').length === 2")  # one while it is typed
    page.wait_for_selector("#preview .strip img")
    page.select_option("#forms [name=dialect]", "openai")
    page.wait_for_function("() => document.getElementById('request-code')?.textContent.includes('/v1/videos')")
    page.fill("#duration", "2")
    page.click("#preview .button.main")
    page.wait_for_url(re.compile("/console/tasks/task_"))
    page.wait_for_selector("[data-at]:has-text('/ 48')")  # from then on keys step it
    page.wait_for_function("() => document.querySelector('video').currentTime > 0")
    page.keyboard.press(".")
    page.wait_for_function("() => document.querySelector('video').paused")
    page.evaluate("() => { document.querySelector('video').currentTime = 0.5 / 24; }")
    for key, frame in ((".", 2), (".", 3), (",", 2), (",", 1), (",", 1)):
        page.keyboard.press(key)
        page.wait_for_function(f"() => document.querySelector('[data-at]').textContent.endsWith('frame {frame} / 48')")
    page.select_option("[name=answer]", "dashscope")
    page.wait_for_function("() => document.getElementById('answer-json').textContent.includes('SUCCEEDED')")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.wait_for_selector(".tile")
    assert complaints == []


def test_a_phone_in_chinese_and_light_shows_all_without_scrolling_sideways(browser: Browser, server: Server) -> None:
    phone = {"width": 360, "height": 800}
    page, complaints = opened(browser, server, locale="zh-CN", color_scheme="light", viewport=phone)
    page.fill("#prompt", "一只橘猫在雨中的街道上奔跑")
    page.select_option("#model", "wan2.7-t2v")
    page.wait_for_selector("#preview .button.main:has-text('0.42')")
    assert "猫" in page.locator("#preview .shot").first.inner_text()
    for path in ("/console", "/console/tasks"):
        page.goto(server.url + path)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") == "rgb(245, 244, 241)"
    assert complaints == []


def test_many_tasks_are_chosen_and_what_is_done_can_be_undone(browser: Browser, idle: Server) -> None:
    order = {"model": "animatic", "duration": 60, "prompt": "a walrus waits"}
    made = [idle.post("/v1/tasks", order).json["id"] for _ in range(2)]
    page, complaints = opened(browser, idle, locale="en-US")
    page.goto(f"{idle.url}/console/tasks")
    page.keyboard.press("/")
    page.keyboard.type("walrus")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=walrus"))
    assert page.locator(".tile").count() == 2
    page.check("[data-all]")
    page.evaluate(  # at once: six seconds may be short for two clicks
        "() => { for (const one of ['button[value=cancel]', '.undo button']) document.querySelector(one).click(); }"
    )
    assert page.locator(".going, .undo").count() == 0
    assert idle.get(f"/v1/tasks/{made[0]}").json["state"] == "queued"
    page.click("button[value=cancel]")
    page.wait_for_selector("text=2 tasks cancelled")
    page.wait_for_function("() => document.querySelectorAll('.state.off').length === 2")
    assert complaints == []


def test_a_dropped_picture_begins_the_video_and_stays_when_the_model_changes(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    picture = tmp_path / "first.png"
    Image.new("RGB", (640, 360), "teal").save(picture)
    data = base64.b64encode(picture.read_bytes()).decode()
    page, complaints = opened(browser, server, locale="en-US")
    page.evaluate(
        """async (data) => {
          const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
          const files = new DataTransfer();
          files.items.add(new File([bytes], 'first.png', { type: 'image/png' }));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        data,
    )
    page.wait_for_selector("#preview .strip img")
    assert page.inner_text("[data-fixed=ratio]") == "the first frame decides it"
    page.select_option("#model", "viduq3-pro")
    page.wait_for_selector("#preview .button.main:not([disabled]):has-text('USD')")
    assert page.evaluate("() => document.getElementById('image').files[0].name") == "first.png"
    assert page.locator("#video").count() == 0
    page.set_input_files("#image", [])
    page.wait_for_selector("select#ratio")
    assert complaints == []
