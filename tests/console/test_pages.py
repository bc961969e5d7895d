"""The console over HTTP: who gets in, what a form needs, and what a page says."""

from __future__ import annotations

import ast
import gzip
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from reelgate import errors
from reelgate.catalog.taken import Decider
from reelgate.console.fields import INPUTS
from reelgate.console.rendering import _environment as environment
from reelgate.console.words import catalogue
from reelgate.settings import options
from reelgate.tasks.projects import Scope
from tests.console.visitor import Visitor, text
from tests.e2e.server import KEY, Reply, Server, serving

SOURCE = Path(errors.__file__).parents[1]
PROMPT = "一只猫在草地上奔跑"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("console") / "data", "--workers", "1") as found:
        yield found


def test_the_root_leads_to_the_console_and_a_stranger_to_the_door(server: Server) -> None:
    visitor = Visitor(server)
    assert visitor.open("/").headers["location"] == "/console"
    for path in ("/console", "/console/tasks", "/console/tasks/task_x", "/console/tasks/task_x/events"):
        assert visitor.open(path).headers["location"] == "/console/sign-in"
    unsent = visitor.open("/console/preview", {"prompt": "a cat"}).headers["location"]
    assert unsent == "/console/sign-in?unsent=yes"
    assert "nothing of what you sent was done" in text(visitor.open(unsent))
    assert visitor.open("/console/sign-out", {}).headers["location"] == "/console/sign-in"


def test_every_page_allows_nothing_from_elsewhere_and_holds_no_secret(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    pages = [Visitor(server).open("/console/sign-in"), *map(visitor.open, ("/console", "/console/tasks"))]
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert KEY not in page.body.decode()
        inline = r"<style|style=|\son[a-z]+=|<script(?![^>]*src=)|https?://"
        assert not re.search(inline, page.body.decode())
        assert len(page.body) < 60 * 1024


def test_the_files_of_the_console_are_packed_for_who_takes_that(server: Server) -> None:
    door = Visitor(server).open("/console/sign-in").body.decode()
    address = re.findall(r'"(/console/static/console\.css[^"]*)"', door)[0]

    plain = server.get(address)
    packed = server.get(address, headers={"Accept-Encoding": "br, gzip;q=1.0"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) * 3 < len(plain.body)
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize("name", ["none.css", "a" * 300 + ".css", "%00.css", "base.html"])
def test_a_file_that_the_console_does_not_have_is_not_found(server: Server, name: str) -> None:
    assert server.get(f"/console/static/{name}", key=None).status == 404


def test_a_session_is_a_signed_cookie_that_ends_with_its_key(server: Server) -> None:
    made = server.post("/admin/v1/keys", {"name": "guest", "project_id": "default"}).json
    visitor = Visitor(server)
    signed = visitor.sign_in(made["secret"])
    assert signed.headers["location"] == "/console"
    for word in ("HttpOnly", "SameSite=strict", "Path=/console"):
        assert word in signed.headers["set-cookie"]
    assert made["secret"] not in signed.headers["set-cookie"]
    assert visitor.open("/console").status == 200

    forged = Visitor(server)
    text_of_it, _, signature = visitor.cookies["reelgate_session"].partition(".")
    forged.cookies = {"reelgate_session": f"{text_of_it}.{signature[::-1]}"}
    assert forged.open("/console").status == 303

    server.post(f"/admin/v1/keys/{made['id']}/revoke")
    server.until("/healthz", lambda _: visitor.open("/console").status == 303)


def test_signing_out_ends_the_session_even_where_the_cookie_was_copied(server: Server) -> None:
    visitor, copy = Visitor(server), Visitor(server)
    visitor.sign_in()
    copy.cookies = dict(visitor.cookies)
    assert visitor.open("/console/sign-out", {"token": visitor.token()}).status == 303
    assert copy.open("/console").status == 303


@contextmanager
def live(server: Server, secret: str, path: str, last: str = "") -> Iterator[Iterator[str]]:
    """Open a stream of the console's as a browser does; yield its lines."""
    visitor = Visitor(server)
    visitor.sign_in(secret)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}
    headers |= {"Last-Event-ID": last} if last else {}
    with httpx2.Client(headers=headers, timeout=480) as client, client.stream("GET", server.url + path) as stream:
        assert stream.status_code == 200
        yield stream.iter_lines()


def test_a_live_page_ends_when_its_key_may_not_read_any_more(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as idle:  # nobody draws here: the task does not end by itself
        task = idle.post("/v1/tasks", {"model": "animatic", "prompt": PROMPT, "duration": 1}).json["id"]
        for path in ("/console/tasks/events", f"/console/tasks/{task}/events"):
            made = idle.post("/admin/v1/keys", {"name": "reader", "project_id": "default"}).json
            with live(idle, made["secret"], path) as lines:
                assert idle.call("PATCH", f"/admin/v1/keys/{made['id']}", {"scopes": ["create"]}).status == 200
                silent = (line for line in lines if line.startswith(": still here"))
                assert len(list(itertools.islice(silent, 2))) < 2, f"{path} goes on"


def test_a_live_list_goes_on_behind_what_it_has_seen(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as idle:
        task = idle.post("/v1/tasks", {"model": "animatic", "prompt": PROMPT, "duration": 1}).json["id"]
        with live(idle, KEY, f"/console/tasks/{task}/events") as lines:
            place = next(line.removeprefix("id: ") for line in lines if line.startswith("id: "))
        idle.post(f"/v1/tasks/{task}/cancel")
        with live(idle, KEY, "/console/tasks/events", place) as lines:
            silent = itertools.takewhile(lambda line: not line.startswith(": still here"), lines)
            assert "event: task.cancelled" in silent


def test_a_form_needs_its_token_and_its_own_site(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    asked = {"prompt": PROMPT, "model": "animatic", "duration": "2"}
    assert visitor.open("/console/tasks", asked).status == 403
    good = {**asked, "token": visitor.token()}
    assert visitor.open("/console/tasks", good, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert visitor.open("/console/tasks", good, Origin="https://evil.example").status == 403
    assert visitor.open("/console/sign-in", {"key": KEY}, Origin="https://evil.example").status == 403


def form_number(page: Reply) -> str:
    """Return the number that makes an order of a page's form once."""
    (number,) = re.findall(r'name="once" value="([^"]+)"', page.body.decode())
    return str(number)


def test_a_video_is_made_without_javascript_once_however_often_the_form_is_sent(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    form = {"prompt": PROMPT, "model": "animatic", "duration": "2", "token": visitor.token(), "once": "one form"}
    shown = visitor.open("/console/preview", form)
    assert "1 shot" in text(shown)
    assert form_number(shown) == "one form"
    made = [visitor.open("/console/tasks", form) for _ in range(2)]
    assert [answer.status for answer in made] == [303, 303]
    assert made[0].headers["location"] == made[1].headers["location"]
    page = made[0].headers["location"]
    server.until("/healthz", lambda _: "<video" in visitor.open(page).body.decode())
    assert " ".join(text(visitor.open(page)).split()).count("Mode Text") == 1
    assert " ".join(text(visitor.open(page, None, **{"Accept-Language": "zh-CN"})).split()).count("模式 文字") == 1
    assert PROMPT in text(visitor.open("/console/tasks?state=done"))
    assert PROMPT not in text(visitor.open("/console/tasks?state=failed"))
    assert visitor.open(f"{page}/delete", {"token": visitor.token(page)}).status == 303
    assert visitor.open(page).status == 404


def test_what_is_priced_is_sketched_for_nothing_or_ordered_at_the_price_that_was_shown(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    form = {"prompt": PROMPT, "model": "wan2.7-t2v", "duration": "4", "token": visitor.token(), "once": "three"}
    shown = visitor.open("/console/preview", form).body.decode()
    quote = re.search(r'name="quote" value="([^"]+)"', shown)
    assert quote
    assert "0.336 USD" in shown
    form["quote"] = quote[1]
    free = visitor.open("/console/tasks", {**form, "free": "yes"})
    paid = visitor.open("/console/tasks", {**form, "once": "four"})
    found = [server.get(f"/v1/tasks/{answer.headers['location'].rpartition('/')[2]}").json for answer in (free, paid)]
    assert [(task["model"], task["price"]["amount_micros"]) for task in found] == [
        ("animatic", 0),
        ("wan2.7-t2v", 336_000),
    ]
    for task in found:
        server.post(f"/v1/tasks/{task['id']}/cancel")
    stale = visitor.open("/console/tasks", {**form, "once": "five", "duration": "5"})
    assert (stale.status, "no longer holds" in text(stale)) == (400, True)
    renewed = re.search(r'name="quote" value="([^"]+)"', stale.body.decode())
    assert renewed
    form |= {"quote": renewed[1], "once": "five", "duration": "5"}
    again = visitor.open("/console/tasks", form)
    assert again.status == 303
    server.post(f"/v1/tasks/{again.headers['location'].rpartition('/')[2]}/cancel")
    used = visitor.open("/console/tasks", {**form, "quote": "", "duration": "6"})
    assert (used.status, "has ordered a video already" in text(used)) == (422, True)


def test_a_refusal_stands_at_its_field(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    form = {"prompt": PROMPT, "model": "wan2.7-t2v", "duration": "99", "token": visitor.token(), "once": "two"}
    for path in ("/console/preview", "/console/tasks"):
        assert "duration is 99; allowed: whole seconds from 2 to 15" in text(visitor.open(path, form))
    refused = visitor.open("/console/tasks", form)
    assert refused.status == 400
    field = refused.body.decode().partition('id="duration"')[2].partition("</div>")[0]
    assert "allowed" in field


def test_another_project_s_task_is_not_there(server: Server) -> None:
    project = server.post("/admin/v1/projects", {"name": "others"}).json["id"]
    key = server.post("/admin/v1/keys", {"name": "o", "project_id": project}).json["secret"]
    task = server.post("/v1/tasks", {"model": "animatic", "prompt": "a cat", "duration": 1}).json["id"]
    visitor = Visitor(server)
    visitor.sign_in(key)
    assert visitor.open(f"/console/tasks/{task}").status == 404
    assert visitor.open(f"/console/tasks/{task}/events").status == 404
    assert visitor.open(f"/console/tasks/{task}/cancel", {"token": visitor.token()}).status == 404


def test_a_key_sees_what_its_scopes_allow(server: Server) -> None:
    asked = {"name": "r", "project_id": "default", "scopes": ["read"]}
    visitor = Visitor(server)
    visitor.sign_in(server.post("/admin/v1/keys", asked).json["secret"])
    assert visitor.open("/console").status == 403
    listed = visitor.open("/console/tasks")
    assert listed.status == 200
    assert 'href="/console"' not in listed.body.decode().partition("<nav")[2].partition("</nav>")[0]


def test_it_speaks_chinese_where_that_is_wished_or_chosen(server: Server) -> None:
    visitor = Visitor(server, **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert "登录" in text(visitor.open("/console/sign-in"))
    visitor.open("/console/preferences", {"language": "en", "theme": "light", "back": "https://evil.example"})
    page = visitor.open("/console/sign-in")
    assert "Sign in" in text(page)
    assert 'data-theme="light"' in page.body.decode()


def test_every_text_of_the_templates_has_a_chinese_one() -> None:
    loader = environment()
    sources = [loader.loader.get_source(loader, name)[0] for name in loader.list_templates()]  # type: ignore[union-attr]
    texts = {found for source in sources for found in re.findall(r"\b_\('((?:[^'\\])+)'\)", source)}
    words = {word for _, word in INPUTS.values()}
    reasons = {decider.reason for decider in Decider}
    scopes = {str(scope) for scope in Scope}
    assert (texts | words | reasons | scopes) - set(catalogue("zh")) == set()


def test_every_chinese_text_is_of_an_english_one_that_there_is() -> None:
    sources = [path.read_text("utf-8") for ext in ("html", "js", "toml") for path in SOURCE.rglob(f"*.{ext}")]
    for path in SOURCE.rglob("*.py"):
        texts = (node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant))
        sources += [text for text in texts if isinstance(text, str)]
    flags = {option.flag or f"--{name.replace('_', '-')}" for name, (_, option) in options().items()}
    said = " ".join("\n".join([*sources, *flags, *(kind.__name__ for kind in _kinds(errors.ReelgateError))]).split())
    titles = {"Not %s: a stand-in", "Not %s: a stand-in for %s"}
    assert {text for text in set(catalogue("zh")) - titles if " ".join(text.split()) not in said} == set()


def test_a_stand_in_s_title_is_chinese_too(server: Server) -> None:
    visitor = Visitor(server, **{"Accept-Language": "zh-CN"})
    visitor.sign_in()
    page = text(visitor.open("/console/models?q=sora-2"))
    assert "sora-2 的替身" in page
    assert "Not Sora" not in page


def test_an_error_is_explained_in_chinese_before_its_own_words(server: Server) -> None:
    visitor = Visitor(server, **{"Accept-Language": "zh-CN"})
    visitor.sign_in()

    page = visitor.open("/console/tasks/task_unknown")

    assert page.status == 404
    assert catalogue("zh")["TaskNotFound"] in text(page)
    assert {kind.__name__ for kind in _kinds(errors.ClientError) if not kind.__subclasses__()} <= set(catalogue("zh"))


def _kinds(kind: type[errors.ReelgateError]) -> Iterator[type[errors.ReelgateError]]:
    yield kind
    for inner in kind.__subclasses__():
        if inner.__module__.startswith("reelgate.errors"):
            yield from _kinds(inner)


def test_every_option_of_the_server_is_explained_in_chinese() -> None:
    flags = {option.flag or f"--{name.replace('_', '-')}" for name, (_, option) in options().items()}
    assert flags - set(catalogue("zh")) == set()


def test_no_console_leaves_it_out(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0", "--no-console") as server:
        assert [Visitor(server).open(path).status for path in ("/", "/console", "/console/sign-in")] == [404] * 3


def test_tasks_are_found_by_words_model_day_and_cost_and_dealt_with_together(idle: Server) -> None:
    visitor = Visitor(idle)
    visitor.sign_in()
    order = {"model": "animatic", "duration": 60}
    made = [
        idle.post("/v1/tasks", {**order, "prompt": f"a purple zebra number {n} sleeps"}).json["id"] for n in range(3)
    ]
    page = visitor.open("/console/tasks?q=ZEBRA+2&state=all")
    assert (made[2] in page.body.decode(), made[1] in page.body.decode()) == (True, False)
    assert made[0] in visitor.open("/console/tasks?q=zebra&model=animatic&cost=free").body.decode()
    for nobody in ("q=zebra&cost=paid", "q=zebra&from=2999-01-01", "q=zebra&model=wan2.7-t2v", "q=nosuch", "key=key_0"):
        assert made[0] not in visitor.open(f"/console/tasks?{nobody}").body.decode()
    assert visitor.open("/console/tasks?from=x&until=9999-12-31&before=%C2%B2").status == 200

    token = visitor.token()
    fields = [("token", token), ("do", "cancel"), *(("ids", one) for one in (*made, "task_of_nobody"))]
    done = visitor.open("/console/tasks/chosen", fields)
    assert "3 tasks cancelled" in text(done)
    assert "1 was not changed" in text(done)
    for one in made:
        idle.until(f"/v1/tasks/{one}", lambda told: told["state"] == "cancelled")
    fields[1] = ("do", "delete")
    assert "3 tasks deleted" in text(visitor.open("/console/tasks/chosen", fields))
    assert idle.get(f"/v1/tasks/{made[0]}").status == 404
    assert visitor.open("/console/tasks/chosen", [("token", token), ("do", "sell")]).status == 400


def test_tasks_are_a_table_where_that_is_chosen_with_counts_at_each_state(idle: Server) -> None:
    project = idle.post("/admin/v1/projects", {"name": "counted"}).json["id"]
    made = idle.post("/admin/v1/keys", {"name": "cutting room", "project_id": project}).json
    order = {"model": "animatic", "duration": 60}
    tasks = [idle.call("POST", "/v1/tasks", {**order, "prompt": f"a heron {n}"}, key=made["secret"]) for n in range(3)]
    first, second, third = (task.json["id"] for task in tasks)
    idle.call("POST", f"/v1/tasks/{second}/cancel", {}, key=made["secret"])
    visitor = Visitor(idle)
    visitor.sign_in(made["secret"])
    plain = visitor.open("/console/tasks").body.decode()
    assert ("<table" in plain, re.findall(r'class="count">([^<]+)', plain)[0]) == (False, "3")
    cancelled = visitor.open("/console/tasks?state=cancelled&model=animatic").body.decode()
    assert (second in cancelled, first in cancelled) == (True, False)
    assert re.findall(r'class="count">([^<]+)', cancelled)[-1] == "1"
    assert 'class="count"' not in visitor.open("/console/tasks?q=heron").body.decode()

    linked = visitor.open("/console/tasks?view=table&sort=oldest")
    assert re.findall(r'data-task="([^"]+)"', linked.body.decode()) == [first, second, third]
    assert all(word in text(linked) for word in ("cutting room", "a heron 2", "60 s", "animatic", "0.00"))
    assert "view=table" in linked.body.decode().partition('id="pills"')[2].partition("</nav>")[0]
    assert "<table" not in visitor.open("/console/tasks").body.decode()  # a link changes nobody's choice
    chosen = visitor.open("/console/preferences", {"view": "table", "back": "/console/tasks?state=all"})
    assert chosen.headers["location"] == "/console/tasks?state=all"
    assert re.findall(r'data-task="([^"]+)"', visitor.open("/console/tasks").body.decode()) == [third, second, first]
    assert f'<tr data-task="{first}"' in visitor.open(f"/console/tasks/{first}/tile").body.decode()
    assert "tile-box" in visitor.open(f"/console/tasks/{first}/tile?view=gallery").body.decode()
    for task in (first, third):
        idle.call("POST", f"/v1/tasks/{task}/cancel", {}, key=made["secret"])


def test_the_same_words_by_several_models_side_by_side(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    said = {"prompt": "a cat walks", "duration": "2", "resolution": "720p", "token": visitor.token()}
    assert "Side by side" in text(visitor.open("/console/compare", {**said, "do": "choose", "model": "animatic"}))
    chosen = [*said.items(), ("models", "animatic"), ("models", "wan2.7-t2v")]
    number = form_number(visitor.open("/console/compare"))

    def order() -> list[tuple[str, str]]:
        priced = visitor.open("/console/compare", [*chosen, ("once", number), ("do", "prices")])
        assert "Make all · 0.168 USD" in text(priced)
        quotes = re.findall(r'name="(quote-[^"]+)" value="([^"]+)"', priced.body.decode())
        assert len(quotes) == 2
        return [*chosen, *quotes, ("do", "make"), ("once", form_number(priced))]

    made = visitor.open("/console/compare", order())
    assert made.status == 303
    # The answer was lost, and the page with the prices is asked for again: the same videos, not paid for twice.
    assert visitor.open("/console/compare", order()).headers["location"] == made.headers["location"]
    page = visitor.open(made.headers["location"])
    assert page.body.decode().count("data-task=") == 2
    first = re.findall(r'data-task="([^"]+)"', page.body.decode())[0]
    server.until(f"/v1/tasks/{first}", lambda told: told["state"] == "succeeded")
    assert "1280 × 720, 2.00 s" in text(visitor.open(f"/console/compare/{first}/tile"))
    server.call_off()  # the other one, if it is not begun
    many = [*said.items(), *(("models", f"m{n}") for n in range(5)), ("do", "prices")]
    assert visitor.open("/console/compare", many).status == 400
    assert "–" in text(visitor.open("/console/compare", [*said.items(), ("models", "nosuch"), ("do", "prices")]))


def test_what_was_ordered_side_by_side_does_not_stay_chosen_beside_what_was_refused(server: Server) -> None:
    server.post("/admin/v1/projects", {"id": "short", "name": "short", "floor_micros": 0})
    secret = server.post("/admin/v1/keys", {"name": "short", "project_id": "short"}).json["secret"]
    body = {"model": "wan2.7-t2v", "prompt": "a cat walks", "duration": 3, "resolution": "720p"}
    price = server.post("/v1/quotes", {"path": "/v1/tasks", "body": body}).json["price"]["amount_micros"]
    paid = {"kind": "topup", "amount_micros": price, "reference": "one", "reason": "a video"}
    assert server.post("/admin/v1/projects/short/payments", paid).status == 200
    visitor = Visitor(server)
    visitor.sign_in(secret)
    said = {"prompt": "a cat walks", "duration": "3", "resolution": "720p", "token": visitor.token(), "once": "o2"}
    models = [("models", "wan2.7-t2v"), ("models", "happyhorse-1.0-t2v")]

    answer = visitor.open("/console/compare", [*said.items(), *models, ("do", "make")])

    assert "1 video was ordered" in text(answer)
    (task,) = server.get("/v1/tasks", key=secret).json["data"]
    assert f'href="/console/compare?tasks={task["id"]}"' in answer.body.decode()
    assert re.findall(r'value="([^"]+)" checked', answer.body.decode()) == ["happyhorse-1.0-t2v"]
    server.post(f"/v1/tasks/{task['id']}/cancel", {}, key=secret)


def test_inputs_come_by_address_and_only_what_a_model_takes_is_asked_for(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    page = visitor.open("/console?model=animatic").body.decode()
    assert all(f'name="{one}"' in page for one in ("image", "last_image", "images", "videos", "video", "first_clip"))
    assert 'name="video"' not in visitor.open("/console?model=wan2.7-t2v").body.decode()
    made = server.post("/v1/tasks", {"model": "animatic", "prompt": "a cat", "duration": 2}).json["id"]
    done = server.until(f"/v1/tasks/{made}", lambda told: told["state"] == "succeeded")
    shown = visitor.open(f"/console/tasks/{made}").body.decode()
    assert "video_at=" in shown
    assert done["state"] == "succeeded"
    asked = {"model": "animatic", "prompt": "make it night", "video_at": f"asset://{made}"}
    for named in (
        asked["video_at"],
        done["result_url"],
        done["result_url"].replace(server.url, "https://gate.example"),
    ):
        previewed = visitor.send("/console/preview", **{**asked, "video_at": named})
        assert (previewed.status, "data-field=" in previewed.body.decode()) == (200, False)
    forged = re.sub("signature=.", "signature=x", done["result_url"])
    assert "not a public address" in text(visitor.send("/console/preview", **{**asked, "video_at": forged}))
    refused = visitor.send("/console/tasks", **{**asked, "video_at": "nonsense"})
    assert (refused.status, "nonsense" in refused.body.decode()) == (400, True)


def test_a_field_that_an_input_decides_is_shown_fixed_and_left_out_of_the_request(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    said = {"model": "animatic", "prompt": "a cat walks", "duration": "3", "ratio": "9:16"}
    free = visitor.send("/console/preview", only="fields", **said).body.decode()
    assert ('id="ratio"' in free, 'data-fixed="ratio"' in free) == (True, False)
    framed = visitor.send("/console/preview", only="fields", has="image", **said)
    assert 'data-fixed="ratio"' in framed.body.decode()
    assert "the first frame decides it" in text(framed)
    again = visitor.send("/console/preview", only="fields", **said).body.decode()
    assert "<option selected>9:16</option>" in again  # the choice comes back once the frame is gone

    edit = visitor.send("/console/preview", only="fields", video_at="https://example.com/a.mp4", **said)
    assert 'data-fixed="duration"' in edit.body.decode()
    assert 'id="keep_audio"' in edit.body.decode()
    assert 'data-fixed="resolution"' in visitor.open("/console?model=viduq3p-720p").body.decode()
    assert 'id="negative_prompt"' not in visitor.open("/console?model=viduq3p-720p").body.decode()

    first = server.post("/v1/tasks", {"model": "animatic", "prompt": "a cat", "duration": 1, "return_last_frame": True})
    done = server.until(f"/v1/tasks/{first.json['id']}", lambda told: told["state"] == "succeeded")
    made = visitor.send("/console/tasks", once="field states", image_at=f"asset://{done['id']}/last_frame", **said)
    assert made.status == 303, text(made)
    task = server.get(f"/v1/tasks/{made.headers['location'].rpartition('/')[2]}").json
    assert (task["mode"], task["ignored"]) == ("image", [])
