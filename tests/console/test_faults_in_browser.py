"""What goes wrong while somebody works in the console: the server is away, a session ends, texts are odd."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from tests.console.browsing import PATIENCE_MS, needs_browser, opened
from tests.e2e.server import KEY, Server

pytestmark = needs_browser

PREVIEW, ORDER, EVENTS = "**/console/preview", "**/console/tasks", "**/console/tasks/events"
MADE = re.compile("/console/tasks/task_")
READY = "#preview:not([aria-busy]) .button.main:enabled"
ODD = (
    '<script>document.title = "run"</script><img src=x onerror="document.title=\'run\'">',
    "\u202eevil\u202c قطة تمشي على العشب",
    "🐈‍⬛" * 300,
    "w" * 1400,
)


def away(route: Route) -> None:
    route.abort("connectionrefused")


def proxy(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<html><body><h1>Bad Gateway</h1><hr>proxy</body></html>")


def portal(route: Route) -> None:
    route.fulfill(
        status=200, content_type="text/html", body="<html><body><form>Pay for the network</form></body></html>"
    )


def try_again(page: Page) -> None:
    """Press the button of what went wrong, where the page has not tried again by itself."""
    page.evaluate("() => document.querySelector('#preview > [data-why] button')?.click()")


def tasks_of(server: Server, words: str) -> list[Any]:
    return [task for task in server.get("/v1/tasks?limit=100").json["data"] if words in task["prompt"]]


@pytest.mark.parametrize(
    ("answer", "words"),
    [(away, "does not answer"), (proxy, "(502)"), (portal, "(200)")],
    ids=["away", "proxy", "portal"],
)
def test_a_preview_that_fails_is_said_and_can_be_tried_again(
    browser: Browser, server: Server, answer: Any, words: str
) -> None:
    page, _ = opened(browser, server, locale="en-US")
    page.route(PREVIEW, answer)
    page.fill("#prompt", "a cat walks on grass")
    page.wait_for_selector(f"#preview:not([aria-busy]) > [data-why]:has-text('{words}')")
    assert words in page.inner_text("#told")
    assert page.locator("main main, #preview nav").count() == 0
    page.select_option("#model", "viduq3-pro")
    page.wait_for_selector(f"#preview:not([aria-busy]) > [data-why]:has-text('{words}')")
    page.unroute(PREVIEW)
    try_again(page)
    page.wait_for_selector(f"{READY}:has-text('USD')")
    assert page.locator("#preview [data-why]").count() == 0
    assert page.input_value("#prompt") == "a cat walks on grass"


def test_an_order_whose_answer_is_lost_is_sent_again_and_placed_once(browser: Browser, server: Server) -> None:
    page, _ = opened(browser, server, locale="en-US")
    page.fill("#prompt", "a pangolin digs")
    page.fill("#duration", "1")
    page.wait_for_selector(f"#preview:has-text('0.0–1.0 s') {READY.partition(' ')[2]}")

    sent: list[str] = []

    def lost(route: Route) -> None:
        sent.append(route.request.url)
        route.fetch()
        route.abort("connectionreset")

    page.route(ORDER, lost)
    page.dblclick("#preview .button.main")
    page.wait_for_selector("#preview > [data-why=away]")
    page.wait_for_function("() => document.activeElement?.closest('[data-why]')")
    page.unroute(ORDER)
    assert len(sent) == 1
    page.keyboard.press("Enter")
    page.wait_for_url(MADE)
    assert [task["id"] for task in tasks_of(server, "a pangolin digs")] == [page.url.rpartition("/")[2]]


def test_a_price_that_no_longer_holds_is_renewed_and_nothing_chosen_is_lost(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    picture = tmp_path / "first.png"
    Image.new("RGB", (640, 360), "teal").save(picture)
    page, _ = opened(browser, server, locale="en-US")
    page.fill("#prompt", "an okapi eats")
    page.set_input_files("#image", picture)
    page.fill("#duration", "1")
    page.wait_for_selector("[data-fixed=ratio] >> visible=true")
    page.wait_for_selector(READY)
    page.evaluate("() => { document.querySelector('[name=quote]').value = 'quote_of_last_week'; }")
    page.click("#preview .button.main")
    page.wait_for_selector("#preview > [data-why=refused]:has-text('no longer holds')")
    assert page.evaluate("() => document.getElementById('image').files[0].name") == "first.png"
    page.click(READY)
    page.wait_for_url(MADE)
    assert [task["mode"] for task in tasks_of(server, "an okapi eats")] == ["image"]


def test_on_coming_back_the_studio_goes_on_from_what_was_there(browser: Browser, server: Server) -> None:
    page, _ = opened(browser, server, locale="en-US")
    page.select_option("#model", "wan2.7-t2v")
    page.fill("#prompt", "a stoat runs")
    page.wait_for_selector(f"{READY}:has-text('USD')")
    page.click("#preview button[name=free]")
    page.wait_for_url(MADE)
    page.go_back()
    page.wait_for_selector(f"{READY}:has-text('USD')")
    assert (page.input_value("#prompt"), page.input_value("#model")) == ("a stoat runs", "wan2.7-t2v")
    page.wait_for_selector("label[for=duration] .hint:has-text('2–15')")


def test_a_session_that_ends_loses_nothing_that_was_typed(browser: Browser, server: Server) -> None:
    page, _ = opened(browser, server, locale="en-US")
    page.context.clear_cookies(name="reelgate_session")
    page.fill("#prompt", "a heron stands")
    page.wait_for_selector("#preview > [data-why=ended]:has-text('Your session has ended')")
    page.context.set_default_timeout(PATIENCE_MS)
    door = page.context.new_page()
    door.goto(f"{server.url}/console/sign-in")
    door.fill("#key", KEY)
    door.press("#key", "Enter")
    door.wait_for_url(f"{server.url}/console")
    page.evaluate("() => dispatchEvent(new Event('focus'))")  # as on coming back to the tab
    page.wait_for_selector(READY)
    assert page.input_value("#prompt") == "a heron stands"
    page.context.clear_cookies(name="reelgate_session")
    page.click("text=Sign out")
    page.wait_for_url(f"{server.url}/console/sign-in")


def test_enter_in_a_field_stays_in_the_studio(browser: Browser, server: Server) -> None:
    page, complaints = opened(browser, server, locale="en-US")
    page.fill("#prompt", "a newt swims")
    page.fill("#duration", "3")
    page.press("#duration", "Enter")
    page.wait_for_selector("#preview:not([aria-busy]):has-text('0.0–3.0 s') .button.main:enabled")
    assert page.url == f"{server.url}/console"
    assert page.evaluate("() => document.activeElement.id") == "duration"
    assert complaints == []


@pytest.mark.parametrize("view", ["gallery", "table"])
@pytest.mark.parametrize("answer", [away, proxy], ids=["away", "proxy"])
def test_a_list_that_was_cut_off_says_so_and_catches_up(browser: Browser, idle: Server, answer: Any, view: str) -> None:
    task = idle.post("/v1/tasks", {"model": "animatic", "duration": 60, "prompt": "a lynx waits"}).json["id"]
    page, _ = opened(browser, idle, locale="en-US")
    page.route(EVENTS, answer)
    page.goto(f"{idle.url}/console/tasks?view={view}")
    page.wait_for_selector("#line:has-text('No connection')")
    assert page.locator("#live").is_hidden()
    idle.post(f"/v1/tasks/{task}/cancel")
    idle.until(f"/v1/tasks/{task}", lambda told: told["state"] == "cancelled")
    page.unroute(EVENTS)
    page.wait_for_selector(f"[data-task='{task}'] .state.off")
    page.wait_for_selector("#live >> visible=true")
    page.wait_for_function("() => !document.getElementById('line').textContent")


def test_a_task_that_ended_while_its_page_was_cut_off_is_shown_at_last(browser: Browser, idle: Server) -> None:
    task = idle.post("/v1/tasks", {"model": "animatic", "duration": 60, "prompt": "a mole digs"}).json["id"]
    page, _ = opened(browser, idle, locale="en-US")
    page.route("**/card", away)
    page.goto(f"{idle.url}/console/tasks/{task}")
    idle.post(f"/v1/tasks/{task}/cancel")
    idle.until(f"/v1/tasks/{task}", lambda told: told["state"] == "cancelled")
    page.unroute("**/card")
    page.wait_for_selector("#card .state.off")


def test_what_is_undone_gives_the_focus_back_and_what_cannot_be_sent_stays_chosen(
    browser: Browser, idle: Server
) -> None:
    task = idle.post("/v1/tasks", {"model": "animatic", "duration": 60, "prompt": "a dodo sits"}).json["id"]
    page, _ = opened(browser, idle, locale="en-US")
    page.goto(f"{idle.url}/console/tasks?q=dodo")
    page.check("input[name=ids]")
    undone = "document.querySelector('button[value=cancel]').click(); document.querySelector('.undo button').click();"
    assert page.evaluate(f"() => {{ {undone} return document.activeElement.value; }}") == "cancel"
    there = re.compile(r"/console/tasks\?")
    page.route(there, away)
    page.click("button[value=cancel]")
    page.wait_for_selector("#line:has-text('does not answer')")
    assert page.locator(".going, .undo").count() == 0
    assert page.is_checked("input[name=ids]")
    page.unroute(there)
    page.click("button[value=cancel]")
    page.wait_for_selector("text=1 task cancelled")
    idle.until(f"/v1/tasks/{task}", lambda told: told["state"] == "cancelled")


def test_a_form_that_comes_after_the_session_is_told_that_nothing_was_done(browser: Browser, server: Server) -> None:
    page, _ = opened(browser, server, locale="en-US", java_script_enabled=False)
    page.fill("#prompt", "a snail")
    page.context.clear_cookies(name="reelgate_session")
    page.click("button:has-text('Preview')")
    page.wait_for_selector("text=nothing of what you sent was done")


def test_a_double_click_makes_one_key(browser: Browser, server: Server) -> None:
    page, complaints = opened(browser, server, locale="en-US")
    page.goto(f"{server.url}/console/projects/default")
    form = page.locator("form[action$='/keys']")
    form.locator("#key-name").fill("clicked twice")
    form.locator("button.main").dblclick()
    page.wait_for_selector("#secret")
    names = [key["name"] for key in server.get("/admin/v1/keys").json["data"]]
    assert names.count("clicked twice") == 1
    assert complaints == []


def test_a_film_that_cannot_be_played_is_said_so(browser: Browser, server: Server) -> None:
    task = server.post("/v1/tasks", {"model": "animatic", "duration": 1, "prompt": "a toad sits"}).json["id"]
    server.until(f"/v1/tasks/{task}", lambda told: told["state"] == "succeeded")
    page, _ = opened(browser, server, locale="en-US")
    page.route("**/*", lambda route: away(route) if route.request.resource_type == "media" else route.fallback())
    page.goto(f"{server.url}/console/tasks/{task}")
    page.wait_for_selector("#card [data-why=film]")
    page.unroute_all()
    page.click("#card [data-why=film] button")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0")
    assert page.locator("[data-why]").count() == 0


def test_odd_words_break_no_page_and_do_nothing(browser: Browser, idle: Server) -> None:
    made = []
    for words in ODD:
        order = {"model": "animatic", "duration": 60, "prompt": words, "metadata": {"note": words[:200]}}
        made.append(idle.post("/v1/tasks", order).json["id"])
    for task in made:
        idle.post(f"/v1/tasks/{task}/cancel")
    name = f"<img src=x onerror=alert(1)>{'w' * 70}"
    project = idle.post("/admin/v1/projects", {"name": name}).json["id"]
    key = idle.post("/admin/v1/keys", {"name": name, "project_id": project}).json["id"]
    for scheme, locale in (("dark", "en-US"), ("light", "zh-CN")):
        page, complaints = opened(browser, idle, locale=locale, color_scheme=scheme)
        paths = [
            "tasks?view=gallery",
            "tasks?view=table",
            "all-tasks",
            "usage",
            "projects",
            *(f"tasks/{task}" for task in made),
        ]
        paths += [f"projects/{project}", f"keys/{key}", f"?prompt={'w' * 1400}", f"tasks?q={'w' * 1400}"]
        for path in paths:
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(f"{idle.url}/console/{path}")
                assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (path, width)
                assert page.title() != "run"
        assert [one for one in complaints if "Policy" in one] == []
