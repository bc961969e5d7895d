"""What people do in the console, in a real browser: by the keyboard alone, without JavaScript, with clips."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.console.browsing import focused, needs_browser, opened, stranger
from tests.e2e.server import KEY, Server

pytestmark = needs_browser

MADE = re.compile("/console/tasks/task_")
FOCUS = """() => {
  const inFilm = (held) => held.matches('video:not(:focus)');  // on one of its own buttons: the browser marks that one
  const held = document.activeElement, style = getComputedStyle(held), box = held.getBoundingClientRect();
  return {
    words: (held.innerText || held.value || held.name || held.id).trim(), tag: held.tagName, id: held.id,
    seen: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || inFilm(held),
    within: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Return an address that takes webhooks, and its deliveries."""
    told: list[dict[str, object]] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taker) as taker:
        threading.Thread(target=taker.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{taker.server_port}/hook", told
        taker.shutdown()


def tab_to(page: Page, words: str, *, backwards: bool = False) -> None:
    """Press Tab until what has those words has the focus; the focus is seen and within the window at every stop."""
    for _ in range(120):
        held = page.evaluate(FOCUS)
        if held["tag"] != "BODY" and (words in held["words"] or words == held["id"]):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        held = page.evaluate(FOCUS)
        if held["tag"] not in ("BODY", "HTML"):
            assert held["seen"], f"the focus is not seen on {held}"
            assert held["within"], f"the focus is out of sight on {held}"
    raise AssertionError(f"Tab never comes to {words}")


def test_the_keyboard_alone_leads_from_the_door_to_a_video_and_out_again(browser: Browser, server: Server) -> None:
    page, complaints = stranger(browser, server, locale="en-US")
    focused(page, "key")
    page.keyboard.type(KEY)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/console")
    focused(page, "prompt")
    page.keyboard.type("an owl sits in a tree at night")
    page.wait_for_selector("#preview .button.main:not([disabled])")
    tab_to(page, "duration")
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    page.wait_for_selector("#preview:has-text('0.0–1.0 s') .button.main:not([disabled])")
    tab_to(page, "Make it")
    page.keyboard.press("Enter")
    page.wait_for_url(MADE)
    made = page.url
    page.wait_for_selector(".scripted #card video")  # the page is loaded anew at the end
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="hidden")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(f"{server.url}/console/tasks")
    page.keyboard.press("j")
    assert "an owl" in page.evaluate(FOCUS)["words"]
    page.keyboard.press("Enter")
    page.wait_for_url(made)
    tab_to(page, "Sign out", backwards=True)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/console/sign-in")
    page.goto(made)
    page.wait_for_url(f"{server.url}/console/sign-in")
    assert complaints == []


def test_without_javascript_a_video_is_ordered_listed_and_called_off(browser: Browser, idle: Server) -> None:
    page, _ = opened(browser, idle, locale="en-US", java_script_enabled=False)
    page.fill("#prompt", "a snail crosses a road")
    page.fill("#duration", "60")
    page.click("button:has-text('Preview')")
    page.wait_for_selector("#preview .strip img")
    page.click("#preview .button.main")
    page.wait_for_url(MADE)
    page.goto(f"{idle.url}/console/tasks")
    page.click("button[value=table]")
    page.wait_for_url(re.compile("view=table"))
    row = page.locator("tr[data-task]", has_text="a snail crosses a road")
    row.locator("input[type=checkbox]").check()
    page.click("button[value=cancel]")
    page.wait_for_selector("text=1 task cancelled")
    page.click("button:has-text('Sign out')")
    page.wait_for_url(f"{idle.url}/console/sign-in")


def test_a_clip_is_edited_and_another_s_rendering_is_called_off_live(browser: Browser, server: Server) -> None:
    page, complaints = opened(browser, server, locale="en-US")
    first = server.post("/v1/tasks", {"model": "animatic", "prompt": "a cat walks", "duration": 2}).json["id"]
    server.until(f"/v1/tasks/{first}", lambda told: told["state"] == "succeeded")
    page.goto(f"{server.url}/console/tasks/{first}")
    page.click("a:has-text('Edit this')")
    page.fill("#prompt", "make it night")
    page.wait_for_selector("#preview:not([aria-busy]) .button.main:not([disabled])")
    page.click("#preview .button.main")
    page.wait_for_url(MADE)
    edited = page.url.rpartition("/")[2]
    assert server.get(f"/v1/tasks/{edited}").json["mode"] == "edit"
    page.wait_for_selector("#card video")
    page.goto(f"{server.url}/console")
    page.fill("#prompt", "a whale dives")
    page.fill("#duration", "60")
    page.select_option("#resolution", "1080p")  # the longest there is: it is not done before it is called off
    page.wait_for_selector("#preview:not([aria-busy]) .button.main:not([disabled])")
    page.click("#preview .button.main")
    page.wait_for_url(MADE)
    page.wait_for_function("() => parseInt(document.querySelector('[data-percent]').textContent) > 0")
    server.post(f"/v1/tasks/{page.url.rpartition('/')[2]}/cancel")  # somebody else does; the page hears of it
    page.wait_for_selector("#card .state.off")
    assert page.locator("progress, #card button").count() == 0
    assert complaints == []


def test_a_picture_that_is_too_small_is_refused_at_its_field(browser: Browser, server: Server, tmp_path: Path) -> None:
    picture = tmp_path / "small.png"
    Image.new("RGB", (40, 40), "teal").save(picture)
    page, complaints = opened(browser, server, locale="en-US")
    page.goto(f"{server.url}/console?model=happyhorse-1.0-i2v&prompt=it+blinks")
    page.set_input_files("#image", picture)
    refusal = page.locator(".field:has(#image) .refusal", has_text="300")
    refusal.wait_for()
    assert page.get_attribute("#image", "aria-invalid") == "true"
    assert page.locator("#preview .button.main").is_disabled()
    large = tmp_path / "large.png"
    Image.new("RGB", (640, 360), "teal").save(large)
    page.set_input_files("#image", large)
    page.wait_for_selector("#preview .button.main:not([disabled])")
    assert (refusal.count(), page.get_attribute("#image", "aria-invalid")) == (0, None)
    assert complaints == []


def test_a_webhook_is_told_and_told_again(
    browser: Browser, server: Server, receiver: tuple[str, list[dict[str, object]]]
) -> None:
    address, told = receiver
    page, complaints = opened(browser, server, locale="en-US")
    page.goto(f"{server.url}/console/webhooks")
    page.fill("#url", address)
    page.fill("#events", "task.expired")  # and what is sent as a test: other tests' tasks may end meanwhile
    page.fill("#note", "for the cutters")
    page.keyboard.press("Enter")
    secret = page.inner_text("#secret")
    page.goto(f"{server.url}/console/webhooks")
    assert secret not in page.content()
    page.click(f"a:has-text('{address}')")
    page.click("button:has-text('Send a test')")
    page.wait_for_selector(".tile-link.mono")
    sent = f"/v1/webhooks/deliveries?webhook={page.url.rpartition('/')[2]}"
    server.until(sent, lambda found: found["data"][0]["status"] == "delivered")
    page.click(".tile-link.mono")
    page.wait_for_url(re.compile("/console/deliveries/"))
    before = len(told)
    page.click("button:has-text('Send again')")
    server.until("/healthz", lambda _: len(told) > before)
    assert all(one == told[0] for one in told)
    assert complaints == []


def test_a_key_is_made_and_opens_what_it_may(browser: Browser, server: Server) -> None:
    page, complaints = opened(browser, server, locale="en-US")
    page.goto(f"{server.url}/console/projects/default")
    form = page.locator("form[action$='/keys']")
    form.locator("#key-name").fill("reader")
    form.locator("[name=scope_create]").uncheck()
    form.locator("button.main").click()
    secret = page.inner_text("#secret")
    assert server.get("/v1/balance", key=secret).status == 200
    assert server.call("POST", "/v1/tasks", {"model": "animatic", "prompt": "x"}, key=secret).status == 403
    other, more = opened(browser, server, key=secret, locale="en-US")
    assert other.url == f"{server.url}/console/tasks"
    assert other.locator(".rail nav a").all_inner_texts() == ["Tasks", "Models", "Usage", "Webhooks"]
    assert other.locator("a:has-text('New video'), button[value=cancel]").count() == 0
    assert complaints + more == []
