"""Every snippet that the console shows is run as it stands, and makes the same task as the house's own body."""

from __future__ import annotations

import contextlib
import html
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelgate.catalog import Model
from reelgate.catalog.rules import check
from reelgate.console.snippets import forms_of
from reelgate.console.wordings import NOT_SOLD, READ_OTHERWISE, REFUSED, UNSAID, Wording, house_fields, sayable, worded
from reelgate.console.words import catalogue
from reelgate.dialects import by_name
from reelgate.dialects.port import HOUSE, Call
from reelgate.request import VideoRequest
from tests.catalog.requests import CATALOG, ROWS, request
from tests.console.visitor import Visitor, text
from tests.e2e.server import KEY, Server, serving

CLIENTS = Path(__file__).parents[2] / ".venv" / "clients"
SAME = ("model", "mode", "prompt", "seed", "duration", "resolution", "ratio", "ignored", "price")
SAID = {
    HOUSE: "animatic",
    "openai": "sora-2",
    "new_api": "animatic",
    "anyfast": "happyhorse-1.0-t2v",
    "uniall": "viduq3p-720p",
    "apiyi": "wan2.7-t2v",
    "dashscope": "wan2.7-t2v",
    "ark": "doubao-seedance-2-0-260128",
    "vidu": "viduq3-pro",
}
PROMPT = 'it\'s a "cat" & 一只猫 $HOME `ls` \\n\nruns'
FORM = {"prompt": PROMPT, "seed": "7", "ratio": "9:16"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("wordings") / "data", "--workers", "0") as found:  # a task stays as ordered
        yield found


@pytest.fixture(scope="module")
def visitor(server: Server) -> Visitor:
    found = Visitor(server)
    found.sign_in()
    return found


def code(page: bytes) -> str:
    found = re.search(r'<pre[^>]*id="request-code"[^>]*>(.*?)</pre>', page.decode(), re.DOTALL)
    assert found
    return html.unescape(found[1])


def run(form: str, code: str, server: Server, folder: Path) -> str:
    """Run code as a copy of it would run; return what it prints."""
    settings = {"REELGATE_URL": server.url, "REELGATE_KEY": KEY}
    if form == "Python":
        told = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(told):
            for name, value in settings.items():
                patch.setenv(name, value)
            exec(compile(code, form, "exec"), {"__name__": "__main__"})  # noqa: S102
        return told.getvalue()
    if form == "curl":
        called = ["sh", "-c", code]
    else:
        file = folder / "snippet.mjs"
        file.write_text(code)
        called = ["node", str(file)]
    done = subprocess.run(
        called, env={**os.environ, **settings}, capture_output=True, text=True, timeout=480, check=True
    )
    return done.stdout


def task_in(told: str) -> str:
    found = re.search(r"""\b(?:task_)?id['"]?: ?['"]([^'"]+)""", told)
    return found[1] if found else told.strip()


def snippet(visitor: Visitor, dialect: str, form: str) -> str:
    asked = {**FORM, "model": SAID[dialect], "duration": "4", "only": "forms", "dialect": dialect, "as": form}
    page = visitor.send("/console/preview", **asked).body
    assert KEY not in page.decode()
    return code(page)


def check_task(server: Server, dialect: str, made: str) -> None:
    """Check that a snippet's task is the one that the house's own body makes."""
    body = {"model": SAID[dialect], "prompt": PROMPT, "seed": 7, "ratio": "9:16", "duration": 4}
    own = server.post("/v1/tasks", body).json["id"]
    listed = {task["id"]: task for task in server.get("/v1/tasks?limit=20").json["data"]}
    for one in (made, own):
        server.post(f"/v1/tasks/{one}/cancel")
    assert listed[made]["dialect"] == dialect
    assert told_of(listed[made]) == told_of(listed[own])


@pytest.mark.parametrize("form", ["curl", "Python"])
@pytest.mark.parametrize("dialect", SAID)
def test_a_snippet_makes_the_same_task(
    dialect: str, form: str, server: Server, visitor: Visitor, tmp_path: Path
) -> None:
    check_task(server, dialect, task_in(run(form, snippet(visitor, dialect, form), server, tmp_path)))


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here")
def test_javascript_makes_the_same_task_in_every_api(server: Server, visitor: Visitor, tmp_path: Path) -> None:
    every = "".join(f"{{\n{snippet(visitor, dialect, 'JavaScript')}\n}}\nconsole.log('====');\n" for dialect in SAID)
    told = run("JavaScript", every, server, tmp_path).split("====")
    for dialect, one in zip(SAID, told, strict=False):
        check_task(server, dialect, task_in(one))


def told_of(task: dict[str, Any]) -> dict[str, Any]:
    price = {name: value for name, value in task["price"].items() if name != "expires_at"}
    return {**{name: task[name] for name in SAME}, "price": price}


def read_back(said: Wording) -> tuple[Model, VideoRequest]:
    headers = {"content-type": "application/json", **said.headers}
    parsed = by_name(said.dialect).parse(Call(said.path, headers, said.body), CATALOG)
    return parsed.model, check(parsed.model, parsed.request, parsed.names)


OWN = [model for model in ROWS if CATALOG.find(model.id) is model]
"""Those that the house means by their names; of others in other APIs one is the house's."""


@pytest.mark.parametrize("model", OWN, ids=lambda model: model.id)
def test_every_mode_of_a_model_can_be_said_in_the_house_s_words_and_what_is_shown_reads_alike(model: Model) -> None:
    for mode in model.modes:
        wanted = request(model, mode)
        if mode != "text" and not wanted.media:
            continue  # nothing would say that it is that mode
        media = tuple(
            type(item)(kind=item.kind, role=item.role, field=item.field, url=f"https://example.com/{number}")
            for number, item in enumerate(wanted.media)
        )
        wanted = check(model, type(wanted)(**{**fields(wanted), "media": media}), {})
        for dialect in sayable():
            said = worded(dialect, wanted, model, CATALOG)
            if said.why_not:
                assert dialect != HOUSE, (mode, said.names)
                assert said.why_not in (NOT_SOLD, READ_OTHERWISE, REFUSED, UNSAID)
                continue
            _, found = read_back(said)
            assert (found.mode, found.prompt, found.resolution, len(found.media)) == (
                wanted.mode,
                wanted.prompt,
                wanted.resolution,
                len(wanted.media),
            )
            for one in forms_of(said).values():
                assert "REELGATE_KEY" in one


def fields(wanted: VideoRequest) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__struct_fields__}


def test_what_an_input_decides_is_not_said() -> None:
    model = CATALOG.find("animatic")
    assert model is not None
    edit = next(mode for mode in model.modes if mode == "edit")
    body = house_fields(request(model, edit), model)
    assert not {"ratio", "duration"} & body.keys()


def test_why_an_api_can_t_say_it_is_told(visitor: Visitor) -> None:
    asked = {**FORM, "model": "animatic", "only": "forms"}
    assert NOT_SOLD in text(visitor.send("/console/preview", **asked, dialect="ark"))
    long = text(visitor.send("/console/preview", **asked, duration="99"))
    assert (REFUSED in long, "duration is 99; allowed" in long) == (True, True)
    file = visitor.send("/console/preview", **{**asked, "has": "image"})
    assert "asset://your-file" in code(file.body)
    assert {NOT_SOLD, READ_OTHERWISE, REFUSED, UNSAID} <= set(catalogue("zh"))


@pytest.mark.parametrize("form", ["OpenAI, Python", "OpenAI, JavaScript"])
def test_openai_s_own_clients_run_what_is_shown(form: str, server: Server, visitor: Visitor, tmp_path: Path) -> None:
    python, node = CLIENTS / "openai-2" / "bin" / "python", CLIENTS / "node"
    if not (python if "Python" in form else node / "node_modules" / "openai").exists():
        pytest.skip("scripts/clients.sh sets up OpenAI's clients")
    asked = {**FORM, "model": "sora-2", "duration": "4", "only": "forms", "dialect": "openai", "as": form}
    written = code(visitor.send("/console/preview", **asked).body)
    file = (tmp_path if "Python" in form else node) / ("snippet.py" if "Python" in form else "console-snippet.mjs")
    file.write_text(written)
    try:
        called = [str(python) if "Python" in form else "node", str(file)]
        env = {**os.environ, "REELGATE_URL": server.url, "REELGATE_KEY": KEY}
        done = subprocess.run(called, env=env, capture_output=True, text=True, timeout=480, check=True)
    finally:
        file.unlink()
    shown = server.get(f"/v1/tasks/{done.stdout.strip()}").json
    server.post(f"/v1/tasks/{shown['id']}/cancel")
    assert (shown["dialect"], shown["prompt"], shown["seed"], shown["duration"]) == ("openai", PROMPT, 7, 4)


def test_a_task_s_page_shows_its_request_and_its_answer_in_every_api_s_words(server: Server, visitor: Visitor) -> None:
    made = server.post("/v1/tasks", {"model": "wan2.7-t2v", "prompt": "a cat", "duration": 2, "seed": 3}).json["id"]
    server.post(f"/v1/tasks/{made}/cancel")
    server.until(f"/v1/tasks/{made}", lambda told: told["state"] == "cancelled")
    page = f"/console/tasks/{made}"
    assert '"video-synthesis' not in visitor.open(page).body.decode()
    said = visitor.open(f"{page}?dialect=dashscope&as=JavaScript&answer=dashscope")
    assert "video-synthesis" in code(said.body)
    assert '"task_status": "CANCELED"' in text(said)
    for dialect in sayable():
        answer = visitor.open(f"{page}/answer?answer={dialect}")
        assert (answer.status, made in text(answer)) == (200, True), dialect
    assert NOT_SOLD in text(visitor.open(f"{page}/forms?dialect=vidu"))
    assert visitor.open(f"{page}/forms?dialect=nosuch&as=nosuch").status == 200
