from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from reelgate import limits
from reelgate.errors import InvalidField, MediaRefused
from reelgate.media.addresses import AddressRule
from reelgate.media.disk import DiskStore
from reelgate.media.fetch import Fetcher
from reelgate.media.intake import Intake, Note
from reelgate.media.probe import Prober
from reelgate.media.scratch import Scratch
from reelgate.request import Facts, Media, MediaKind, Role
from reelgate.testing.media_server import MediaServer
from reelgate.testing.samples import clip, picture

T = TypeVar("T")


@pytest.fixture
def server() -> Iterator[MediaServer]:
    with MediaServer() as running:
        yield running


@pytest.fixture
def png(tmp_path: Path) -> bytes:
    return picture(tmp_path / "a.png", 300, 200).read_bytes()


def given(url: str, field: str = "image", kind: MediaKind = MediaKind.IMAGE) -> Media:
    return Media(kind=kind, role=Role.FIRST_FRAME, field=field, url=url)


def data_uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def anything(media: Media) -> None:
    assert media.facts is not None


def with_intake(folder: Path, work: Callable[[Intake], Awaitable[T]]) -> T:
    """Run `work` with an intake of its own; afterwards no temporary file is left."""

    async def run() -> T:
        store, prober = DiskStore(folder / "media"), Prober()
        fetcher = Fetcher(AddressRule(allow=[ipaddress.ip_network("127.0.0.1/32")]))
        intake = Intake(store, fetcher, prober, folder / "incoming", noted_in(folder), retry_seconds=0.01)
        for part in (store, prober, intake):
            await part.open()
        try:
            return await work(intake)
        finally:
            left = await asyncio.to_thread(files_in, folder / "incoming")
            await intake.aclose()
            await prober.aclose()
            assert left == []

    return asyncio.run(run())


def noted_in(folder: Path) -> Note:
    """Keep what an intake notes as the lines of a file."""

    async def note(blob: str) -> None:
        with (folder / "noted").open("a") as file:
            file.write(f"{blob}\n")

    return note


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def refusal(folder: Path, media: Media, *, max_bytes: int = limits.MAX_MEDIA_BYTES) -> MediaRefused:
    with pytest.raises(MediaRefused) as caught:
        with_intake(folder, lambda intake: intake.take(media, anything, max_bytes=max_bytes))
    return caught.value


def test_a_fetched_input_is_measured_kept_and_keeps_its_address(
    server: MediaServer, tmp_path: Path, png: bytes
) -> None:
    url = server.serve("/a.txt", png, type="text/html")
    taken = with_intake(tmp_path, lambda intake: intake.take(given(url), anything))
    assert taken.facts is not None
    assert (taken.url, taken.facts.format, taken.facts.width, taken.facts.bytes) == (url, "png", 300, len(png))
    assert asyncio.run(DiskStore(tmp_path / "media").local(taken.blob)).read_bytes() == png


@pytest.mark.parametrize("inline", [data_uri, lambda data: base64.b64encode(data).decode()])
def test_inline_data_is_kept_in_the_store_and_not_in_the_task(
    tmp_path: Path, png: bytes, inline: Callable[[bytes], str]
) -> None:
    taken = with_intake(tmp_path, lambda intake: intake.take(given(inline(png)), anything))
    assert (taken.url, taken.field) == ("", "image")
    assert asyncio.run(DiskStore(tmp_path / "media").local(taken.blob)).read_bytes() == png


def test_a_staged_input_comes_back_as_it_is_once_it_was_checked(tmp_path: Path) -> None:
    facts = Facts(MediaKind.IMAGE, "png", 1_234, width=300, height=200)
    staged = Media(MediaKind.IMAGE, Role.FIRST_FRAME, "image", "http://gone.invalid/", "0" * 64, facts)
    assert with_intake(tmp_path, lambda intake: intake.take(staged, anything)) == staged

    def nothing(media: Media) -> None:
        raise MediaRefused(media.field, "too small")

    with pytest.raises(MediaRefused, match="too small"):
        with_intake(tmp_path, lambda intake: intake.take(staged, nothing))


def test_a_file_that_has_arrived_is_kept_under_its_content(tmp_path: Path, png: bytes) -> None:
    seen: list[Facts] = []

    async def work(intake: Intake) -> tuple[str, Facts]:
        with intake.space() as path:
            path.write_bytes(png)
            return await intake.keep(path, "file", seen.append)

    blob, facts = with_intake(tmp_path, work)
    assert (blob, facts.format, seen) == (hashlib.sha256(png).hexdigest(), "png", [facts])
    assert (tmp_path / "noted").read_text().split() == [blob]


def test_a_file_that_is_no_picture_clip_or_sound_is_not_kept(tmp_path: Path) -> None:
    async def work(intake: Intake) -> None:
        with intake.space() as path:
            path.write_bytes(b"text")
            await intake.keep(path, "file", lambda _: None)

    with pytest.raises(MediaRefused, match=r"^file: its content is not in a format"):
        with_intake(tmp_path, work)
    assert not (tmp_path / "noted").exists()


def test_what_the_client_must_mend_is_told_with_the_field(server: MediaServer, tmp_path: Path, png: bytes) -> None:
    missing = refusal(tmp_path, given(server.url("/a.png?token=secret"), "input.media[0].url"))
    assert missing.field == "input.media[0].url"
    assert missing.message == (
        "input.media[0].url: could not be fetched (HTTP 404 from 127.0.0.1/a.png); "
        "give an address that answers 200 with the file"
    )
    assert refusal(tmp_path, given(data_uri(b"text"))).message.startswith("image: its content is not in a format")
    assert refusal(tmp_path, given("data:,x")).message.startswith("image: the data URI is not Base64")
    assert "larger than" in refusal(tmp_path, given(data_uri(png)), max_bytes=100).message
    assert "larger than" in refusal(tmp_path, given(server.serve("/b", png)), max_bytes=100).message
    assert "127.0.0.2 is not a public address" in refusal(tmp_path, given("http://127.0.0.2/")).message


def test_the_content_decides_the_kind(tmp_path: Path) -> None:
    film = clip(tmp_path / "a.mp4", seconds=0.2).read_bytes()
    assert refusal(tmp_path, given(data_uri(film))).message == "image: it holds video data (mp4); send image data"


def test_what_the_check_refuses_is_not_kept(tmp_path: Path, png: bytes) -> None:
    def too_small(media: Media) -> None:
        raise InvalidField.out_of_range(media.field, media.facts and media.facts.width, "400 to 8000 pixels")

    with pytest.raises(InvalidField, match="image is 300; allowed: 400 to 8000 pixels"):
        with_intake(tmp_path, lambda intake: intake.take(given(data_uri(png)), too_small))
    assert files_in(tmp_path / "media") == []


def test_a_failing_server_is_asked_again(server: MediaServer, tmp_path: Path, png: bytes) -> None:
    server.serve("/a", png)
    url = server.fail_first("/a", limits.STAGING_TRIES - 1)
    assert with_intake(tmp_path, lambda intake: intake.take(given(url), anything)).blob
    server.serve("/b", png)
    url = server.fail_first("/b", limits.STAGING_TRIES)
    assert "HTTP 503 from 127.0.0.1/b" in refusal(tmp_path, given(url)).message
    assert server.requests["/b"] == limits.STAGING_TRIES


def test_all_inputs_arrive_at_once_and_in_order(server: MediaServer, tmp_path: Path, png: bytes) -> None:
    medias = [given(server.drip(f"/{n}", png, 200, 0.01), f"images[{n}]") for n in range(3)] + [given(data_uri(png))]
    taken = with_intake(tmp_path, lambda intake: intake.take_all(medias, anything, budget_seconds=480))
    assert [media.field for media in taken] == [media.field for media in medias]
    assert len({media.blob for media in taken}) == 1


def test_what_is_late_comes_back_unstaged_and_the_rest_staged(server: MediaServer, tmp_path: Path, png: bytes) -> None:
    medias = [
        given(server.stall("/slow", png[:100])),
        given(server.serve("/quick", png)),
        given(server.serve("/broken", b"", status=503)),
        given(data_uri(png)),
    ]
    taken = with_intake(tmp_path, lambda intake: intake.take_all(medias, anything, budget_seconds=3))
    assert [bool(media.blob) for media in taken] == [False, True, False, True]
    assert (taken[0], taken[2]) == (medias[0], medias[2])


def test_inline_data_has_no_budget(tmp_path: Path, png: bytes) -> None:
    taken = with_intake(tmp_path, lambda intake: intake.take_all([given(data_uri(png))], anything, budget_seconds=0))
    assert taken[0].blob


def test_the_first_refusal_in_the_clients_order_is_told(server: MediaServer, tmp_path: Path, png: bytes) -> None:
    late_refusal = server.drip("/text", b"plain text", 2, 0.02)
    medias = [
        given(data_uri(png), "images[0]"),
        given(late_refusal, "images[1]"),
        given(server.url("/missing"), "images[2]"),
        given(server.stall("/slow"), "images[3]"),
    ]
    with pytest.raises(MediaRefused) as caught:
        with_intake(tmp_path, lambda intake: intake.take_all(medias, anything, budget_seconds=480))
    assert caught.value.field == "images[1]"
    assert (tmp_path / "noted").read_text().split() == [hashlib.sha256(png).hexdigest()], "what the sweeper removes"


def test_limits_can_differ_by_input(tmp_path: Path, png: bytes) -> None:
    medias = [given(data_uri(png), "a"), given(data_uri(png), "b")]
    with pytest.raises(MediaRefused, match="b: it is larger than"):
        with_intake(
            tmp_path,
            lambda intake: intake.take_all(medias, anything, lambda media: 100 if media.field == "b" else 10**6),
        )


def test_a_cancelled_create_leaves_nothing(server: MediaServer, tmp_path: Path) -> None:
    async def cancel(intake: Intake) -> None:
        medias = [given(server.stall("/a")), given(server.stall("/b"))]
        taking = asyncio.create_task(intake.take_all(medias, anything, budget_seconds=480))
        await asyncio.to_thread(server.wait_for, "/a")
        await asyncio.to_thread(server.wait_for, "/b")
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking

    with_intake(tmp_path, cancel)


HOLDER = """
import asyncio, sys
from pathlib import Path
from reelgate.media.scratch import Scratch
async def hold():
    scratch = Scratch(Path(sys.argv[1]))
    await scratch.open()
    with scratch.path():
        print("open", flush=True)
        sys.stdin.read()
asyncio.run(hold())
"""


def test_the_files_of_a_killed_process_are_cleared_and_those_of_a_living_one_kept(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)

    async def reopen() -> int:
        await scratch.open()
        found = len(await asyncio.to_thread(files_in, tmp_path))
        await scratch.aclose()
        return found

    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        assert asyncio.run(reopen()) == 1
        os.kill(holder.pid, signal.SIGKILL)
    assert len(files_in(tmp_path)) == 1
    assert asyncio.run(reopen()) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_scratch_that_never_opened_removes_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.touch()
    asyncio.run(Scratch(tmp_path).aclose())
    assert kept.exists()
