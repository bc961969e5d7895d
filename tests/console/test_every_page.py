"""Every page in a real browser: axe, contrast, weight, width, policy, and no English left in the Chinese ones."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from playwright.sync_api import Browser, Page

from tests.console.browsing import needs_browser, opened
from tests.e2e.server import Server

pytestmark = needs_browser

PAGE_BYTES = 48 * 1024
"""A page, its style and its script as they are sent, without pictures."""
WEIGHT = (
    "() => performance.getEntries().filter((one) => /css|js/.test(one.name) || one.entryType === 'navigation')"
    ".reduce((sum, one) => sum + (one.encodedBodySize ?? 0), 0)"
)
WORDS = (
    "h1, h2:not(.model h2), legend, summary, button, dt, th[scope=col], .hint, .pill, .group, label:not(.boxes label), "
    "nav a, .card > p"
)
NAMES = re.compile(
    r"[-–—·•↑↓:：…,.\d\s%]*"
    r"|(API|CSV|USD|English|Reelgate|https?:\S*|sk-\S*|[a-z]+[-_./]\S*|animatic|default|[a-z?/,. ]{1,3}|Enter|Esc)+"
)
"""What a Chinese page shows untranslated: names, ids, units, signs."""


@pytest.fixture(scope="module")
def addresses(idle: Server) -> list[str]:
    """Return the address of every page, those of one thing among them."""
    hook = idle.post("/v1/webhooks", {"url": f"{idle.url}/nowhere"}).json["id"]
    idle.post(f"/v1/webhooks/{hook}/test")
    key = idle.post("/admin/v1/keys", {"name": "guest", "project_id": "default"}).json["id"]
    task = idle.post("/v1/tasks", {"model": "animatic", "prompt": "一只猫", "duration": 60}).json["id"]
    idle.post(f"/v1/tasks/{task}/cancel")
    idle.until(f"/v1/tasks/{task}", lambda told: told["state"] == "cancelled")
    sent = idle.until("/v1/webhooks/deliveries", lambda told: told["data"])["data"][0]["id"]
    names = (
        "", "/compare", "/tasks", "/tasks?view=table&q=&cost=free", "/tasks?q=nosuch", "/models",
        "/usage", "/statement", "/webhooks", "/projects", "/projects/default", "/providers",
        "/margins?days=1", "/all-tasks", "/audit", "/settings",
        f"/tasks/{task}", f"/all-tasks/{task}", f"/keys/{key}", f"/webhooks/{hook}", f"/deliveries/{sent}",
        "/keys/nosuch",
    )  # fmt: skip
    return [f"{idle.url}/console{name}" for name in names]


def serious(page: Page, rules: str = "") -> list[str]:
    """Return what axe finds serious on a page; `rules` names one rule alone."""
    only = f", runOnly: ['{rules}']" if rules else ""
    told = page.evaluate(f"() => axe.run({{ resultTypes: ['violations']{only} }})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in told["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def test_no_page_keeps_anybody_out_or_weighs_much(browser: Browser, idle: Server, addresses: list[str]) -> None:
    """Axe finds nothing serious in the dark, nor anything too pale in the light; a page is small."""
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
    page, _ = opened(browser, idle, color_scheme="dark", reduced_motion="reduce", bypass_csp=True)
    found: list[str] = []
    for address in (*addresses, f"{idle.url}/console/sign-in"):
        if address.endswith("/sign-in"):
            page.context.clear_cookies()
        page.emulate_media(color_scheme="dark")
        page.goto(address)
        weight = page.evaluate(WEIGHT)
        assert weight < PAGE_BYTES, f"{address} weighs {weight} bytes"
        page.evaluate(axe)
        wrong = serious(page)
        page.emulate_media(color_scheme="light")
        found += [f"{address}: {one}" for one in (*wrong, *serious(page, "color-contrast"))]
    assert found == []


def test_no_page_is_too_wide_breaks_the_policy_or_forgets_a_chinese_word(
    browser: Browser, idle: Server, addresses: list[str]
) -> None:
    page, complaints = opened(browser, idle, locale="zh-CN")
    wide, english = [], set()
    for address in addresses:
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(address)
        for width in (360, 1600):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{address} at {width}")
        said = page.eval_on_selector_all(WORDS, "(all) => all.map((one) => one.innerText)")
        english |= {text for text in said if not re.search("[一-鿿]", text) and not NAMES.fullmatch(text)}
    assert wide == []
    assert english == set()
    assert [one for one in complaints if "404" not in one] == []  # one page says that there is no such key
