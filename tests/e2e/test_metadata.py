"""A client's own notes on a task: where they come back, what finds tasks by them, and what is refused."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import typer

from reelgate import limits
from reelgate.catalog import load
from reelgate.cli import app
from reelgate.client import Reelgate
from reelgate.dialects import by_name
from reelgate.dialects.probing import Probe
from tests.e2e.server import Server, command, serving
from tests.e2e.test_events import listening
from tests.e2e.test_postgres import rows_of
from tests.e2e.test_webhooks import Got, inbox

ORDER: dict[str, Any] = {"model": "animatic", "prompt": "海边的灯塔", "duration": 1}
NOTES = {"order": "7", "客户": 'it\'s 100% "theirs" [a]=b&c 🎬'}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, options = tmp_path_factory.mktemp("notes") / "data", ["--workers", "1", "--allow-private-callbacks"]
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        rows_of(url, "CREATE SCHEMA e2e_notes")
        options += ["--store", f"{url}&search_path=e2e_notes"]
    with serving(folder, *options) as started:
        yield started


def asked(notes: dict[str, str]) -> str:
    """Return notes as an address asks for them."""
    return "&".join(f"metadata[{quote(name)}]={quote(text)}" for name, text in notes.items())


def test_notes_come_back_everywhere_and_find_their_task(server: Server) -> None:
    with inbox() as box, Reelgate(server.url, key=server.key) as client:
        hook = client.webhooks.create(f"{box.url}/hook", events=["task.succeeded"])
        with listening(server, f"/v1/events?{asked(NOTES)}") as stream:
            others: list[dict[str, str]] = [{}, {"order": "7"}, {**NOTES, "order": "8"}]
            ids = {client.generate(**ORDER, metadata=other).id for other in others}
            task = client.generate(**ORDER, metadata=NOTES)
            assert (task.metadata, next(stream).data["metadata"]) == (NOTES, NOTES)
            assert {next(stream).data["id"] for _ in range(3)} == {task.id}
        task.wait()
        ids.add(task.id)
        told = _notes(box.until(lambda got: ids <= _notes(got).keys()))
        client.webhooks.delete(hook["id"])
        assert (told[task.id], client.get(task.id).metadata) == (NOTES, NOTES)
        assert [one.id for one in client.tasks(metadata=NOTES)] == [task.id]
        assert len(list(client.tasks(metadata={"order": "7"}))) == 2
        assert list(client.tasks(metadata={"order": "7"}, status="failed")) == []
        assert list(client.tasks(metadata={"order": "77"})) == []
        client.delete(task.id)
        assert list(client.tasks(metadata=NOTES)) == []
    page = server.get("/v1/tasks?metadata[order]=7&limit=1").json
    assert (len(page["data"]), page["has_more"]) == (1, True)


def _notes(got: list[Got]) -> dict[str, dict[str, str]]:
    """Return the notes of each task in the deliveries."""
    return {one["id"]: one["metadata"] for one in (message.json["data"] for message in got)}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("7", "metadata"),
        ([], "metadata"),
        ({"order": 7}, "metadata.order"),
        ({"order": None}, "metadata.order"),
        ({"": "7"}, "metadata"),
        ({"order": "7\0"}, "metadata"),
        ({"n" * (limits.MAX_METADATA_NAME_CHARS + 1): "7"}, "metadata"),
        ({"order": "7" * (limits.MAX_METADATA_VALUE_CHARS + 1)}, "metadata"),
        ({str(number): "7" for number in range(limits.MAX_METADATA + 1)}, "metadata"),
    ],
)
def test_what_is_no_note_is_refused(gateway: Server, given: Any, field: str) -> None:
    answer = gateway.post("/v1/tasks", {**ORDER, "metadata": given})
    assert (answer.status, answer.json["error"]["param"]) == (400, field)


def test_an_address_that_asks_for_no_note_is_refused_and_a_strict_one_may_ask(gateway: Server) -> None:
    strict = {"Prefer": "handling=strict"}
    for path in ("/v1/tasks", "/v1/events"):
        assert gateway.get(f"{path}?metadata[]=7").json["error"]["param"] == "metadata"
    assert gateway.get("/v1/tasks?metadata[a]=7", headers=strict).json["data"] == []
    assert gateway.get("/v1/tasks?metadata=7").status == 400
    assert gateway.get("/v1/balance?metadata[a]=7", headers=strict).status == 400


def test_the_command_line_notes_and_finds(gateway: Server, tmp_path: Path) -> None:
    def said(*words: str) -> Any:
        settings = ("--url", gateway.url, "--key", gateway.key, "--json")
        done = subprocess.run(command(*words, *settings), capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout, done.stderr

    order = ("generate", "a lighthouse", "--model", "animatic", "--duration", "1", "--no-wait")
    code, out, err = said(*order, "--metadata", "run=e=2", "--metadata", "who=cli")
    assert (code, json.loads(out)["metadata"]) == (0, {"run": "e=2", "who": "cli"}), err
    code, out, err = said("tasks", "list", "--metadata", "who=cli", "--metadata", "run=e=2")
    assert [one["metadata"]["run"] for one in json.loads(out)] == ["e=2"], err
    code, out, err = said(*order, "--metadata", "run")
    assert (code, out) == (2, ""), err


def test_every_field_of_an_order_has_an_option() -> None:
    catalog = load()
    fields = set(Probe(by_name("reelgate"), "/v1/tasks", catalog).schema()["properties"])
    for named in ("generate", "quote", "preview"):
        options = {one.name for one in typer.main.get_command(app()).commands[named].params}  # type: ignore[attr-defined]
        assert fields - options <= {"images", *(() if named == "generate" else ("seed", "metadata"))}, named
