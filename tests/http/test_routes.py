"""Every route as it is declared, called from outside: without a key, with one that may not, with another project's."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from reelgate.dialects import routes
from reelgate.dialects.port import Operation
from reelgate.http.declarations import declarations
from reelgate.http.route import Declaration, Owner, Pass
from reelgate.tasks.projects import Scope
from reelgate.testing.samples import clip
from tests.e2e.forms import form
from tests.e2e.inputs import picture
from tests.e2e.server import Reply, Server, serving

SOURCE = Path(__file__).parents[2] / "src/reelgate"
ALL = declarations()
KEYED = [one for one in ALL if isinstance(one.needs, Scope) or one.needs is Pass.ANY_KEY]
SCOPED = [one for one in ALL if isinstance(one.needs, Scope)]
OWNED = [one for one in ALL if one.owner is not None]
OPEN = [one for one in ALL if one not in KEYED]
TUS = {"Tus-Resumable": "1.0.0"}  # without which uploads by pieces are refused; others don't look at it
NOT_FOUND = {200, 400, 404}  # DashScope says of nothing that its state is unknown, or that it can't be cancelled


def name(one: Declaration) -> str:
    """Return what a test is called."""
    return f"{one.method} {one.path}"


class House:
    """A gateway with two projects, and a key for each that lacks one scope."""

    def __init__(self, gateway: Server, folder: Path) -> None:
        self.gateway = gateway
        self.picture = base64.b64encode(picture(folder / "p.png", 400, 400, "#c03030").read_bytes()).decode()
        self.clip = base64.b64encode(clip(folder / "c.mp4", 64, 64, 0.5).read_bytes()).decode()
        self.lacking = {scope: self.key("default", [one for one in Scope if one is not scope]) for scope in Scope}
        self.make("/admin/v1/projects", {"id": "others", "name": "others"})
        self.stranger = self.key("others", list(Scope))
        self.group = self.make("/volc/asset/CreateAssetGroup", {"Name": "角色"})["Id"]
        self._numbers = count()

    def make(self, path: str, body: Any) -> Any:
        """POST with the first key, and return what was made."""
        made = self.gateway.post(path, body)
        assert made.status in {200, 201}, made.body
        return made.json

    def key(self, project: str, scopes: list[Scope]) -> str:
        """Return a new key."""
        made = self.make("/admin/v1/keys", {"project_id": project, "name": "k", "scopes": scopes})
        return str(made["secret"])

    def thing(self, owner: Owner, *, ended: bool) -> str:
        """Return the id of a new thing of the first project."""
        if owner is Owner.TASK:
            made = self.make(
                "/v1/tasks", {"model": "animatic", "prompt": f"第{next(self._numbers)}只猫", "duration": 1}
            )
            if ended:
                self.make(f"/v1/tasks/{made['id']}/cancel", None)
            return str(made["id"])
        begun = {Owner.GROUP: self._group, Owner.TRANSFER: self._transfer}
        if owner in begun:
            return begun[owner]()
        if owner is Owner.UPLOAD:
            clip = {"name": f"角色{next(self._numbers)}", "video": self.clip}
            return str(self.make("/v1/videos/characters", clip)["id"])
        if owner in (Owner.FILE, Owner.BATCH):
            sent = form({"purpose": "batch"}, "b.jsonl", b"{")  # no line of which can be sent
            file = str(self.gateway.call("POST", "/v1/files", **sent).json["id"])
            wanted = {"input_file_id": file, "endpoint": "/v1/videos", "completion_window": "24h"}
            return file if owner is Owner.FILE else str(self.make("/v1/batches", wanted)["id"])
        if owner in (Owner.WEBHOOK, Owner.DELIVERY):
            webhook = self.make("/v1/webhooks", {"url": "http://127.0.0.1:9/"})["id"]  # where nobody listens
            return str(self.make(f"/v1/webhooks/{webhook}/test", None)["id"] if owner is Owner.DELIVERY else webhook)
        asked = {"GroupId": self.group, "AssetType": "Image", "Name": "图", "URL": self.picture}
        return str(self.make("/volc/asset/CreateAsset", asked)["Id"])

    def _group(self) -> str:
        return str(self.make("/volc/asset/CreateAssetGroup", {"Name": f"组{next(self._numbers)}"})["Id"])

    def _transfer(self) -> str:
        begun = self.gateway.post("/v1/files/resumable", headers={**TUS, "Upload-Length": "9"})
        return begun.headers["location"].rpartition("/")[2]

    def call(self, one: Declaration, thing: str = "no-such-thing", *, key: str | None = "") -> Reply:
        """Call a route about a thing."""
        path = one.path.replace("{id:path}", thing).replace("{id}", thing)
        path = re.sub(r"\{[a-z]+\}", "video.mp4", path)
        body = {"Id": thing} if one.owner in (Owner.ASSET, Owner.GROUP) else None
        return self.gateway.call(one.method, path, body, key=key, headers=TUS)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("routes")
    with serving(folder / "data", "--workers", "0", "--allow-private-callbacks") as server:
        yield House(server, folder)


_DRAWN = re.compile(r'[0-9a-f]{8}-[0-9a-f-]{27}|(?<=")[0-9A-Za-z_]{20,}(?=")|\(request id: [^)]*\)')


def told(reply: Reply, *ids: str) -> tuple[int, str]:
    """Return an answer without what differs from call to call: the ids of the call, and of what it is about."""
    text = reply.body.decode()
    for one in (*ids, reply.headers["x-request-id"]):
        text = text.replace(one, "…")
    return reply.status, _DRAWN.sub("…", text)


@pytest.mark.parametrize("one", KEYED, ids=name)
def test_no_key_and_a_wrong_one_open_nothing(house: House, one: Declaration) -> None:
    assert house.call(one, key=None).status == 401
    assert house.call(one, key="sk-wrong").status == 401


@pytest.mark.parametrize("one", SCOPED, ids=name)
def test_a_key_without_the_scope_opens_nothing(house: House, one: Declaration) -> None:
    assert isinstance(one.needs, Scope)
    assert house.call(one, key=house.lacking[one.needs]).status == 403


@pytest.mark.parametrize("one", OWNED, ids=name)
def test_another_project_s_things_are_as_not_there(house: House, one: Declaration) -> None:
    assert one.owner is not None
    thing = house.thing(one.owner, ended=not one.path.endswith("/cancel"))  # a stream of events ends with its task
    missing = told(house.call(one), "no-such-thing")
    foreign = house.call(one, thing, key=house.stranger)

    assert foreign.status in NOT_FOUND
    assert told(foreign, thing) == missing
    assert told(house.call(one, thing), thing) != missing


@pytest.mark.parametrize("one", OPEN, ids=name)
def test_what_no_key_opens_is_opened_by_what_it_says(house: House, one: Declaration) -> None:
    status = house.call(one, key=None).status
    assert status < 400 if one.needs is Pass.NOTHING else 400 <= status < 500


def test_every_address_of_a_dialect_is_declared() -> None:
    declared = {(one.method, one.path) for one in ALL}
    asset = {(route.method, route.path) for route, _ in routes() if route.operation is Operation.ASSET}
    assert asset <= declared
    assert len(declared) == len(ALL), "an address is declared twice"


def test_what_an_address_names_has_an_owner() -> None:
    """Operators' keys may see every project."""
    named = {one for one in SCOPED if "{id" in one.path and one.needs is not Scope.ADMIN}
    assert named <= set(OWNED)


def test_every_route_says_what_it_does_and_answers() -> None:
    assert all(one.does.endswith((".", "`.")) and one.answers for one in ALL)


def test_routes_come_from_declarations_alone() -> None:
    """Nothing else makes a route, and nothing else asks for keys, so that no handler can forget to.

    The console's pages, which no program calls, ask for a session in the place of a key; one module makes them all.
    """
    texts = {path.relative_to(SOURCE).as_posix(): path.read_text() for path in SOURCE.rglob("*.py")}
    shipped = {path: text for path, text in texts.items() if not path.startswith("testing/")}
    assert {path for path, text in shipped.items() if "starlette.routing" in text} == {
        "http/mount.py",
        "console/guard.py",
    }
    asking = {path for path, text in shipped.items() if re.search(r"keys\.check\b", text)}
    assert asking == {"http/dispatcher.py", "http/mount.py"}
