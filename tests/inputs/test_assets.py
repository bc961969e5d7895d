"""Assets under a test's clock: what ends, which server fetches, and which project owns a file."""

from __future__ import annotations

import asyncio
import ipaddress
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.blob_gc import Sweeper
from reelgate.errors import MediaRefused
from reelgate.inputs.assets import Assets
from reelgate.media.addresses import AddressRule
from reelgate.media.disk import DiskStore
from reelgate.media.fetch import Fetcher
from reelgate.media.intake import Intake
from reelgate.media.probe import Prober
from reelgate.request import Media, MediaKind, Role, VideoRequest
from reelgate.tasks import open_store
from reelgate.tasks.assets import Asset, AssetState
from reelgate.testing.media_server import MediaServer
from reelgate.testing.samples import picture
from reelgate.testing.stores.assets import sample_asset, sample_group
from reelgate.testing.stores.samples import sample_task
from tests.conductor.studio import HandClock

GONE = "http://127.0.0.1:9/gone.png"


class Rooms:
    """What assets need, over a real journal and a real disk."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.store = open_store(f"sqlite:///{folder / 'journal.db'}")
        self.media = DiskStore(folder / "media")
        self.prober = Prober()
        fetcher = Fetcher(AddressRule(allow=[ipaddress.ip_network("127.0.0.1/32")]))
        self.intake = Intake(
            self.media, fetcher, self.prober, folder / "incoming", self.store.files.bin, retry_seconds=0.01
        )
        self.assets = Assets(self.store, self.intake, self.media, self.clock)
        self._folder = folder

    async def put_by(self, name: str, **changes: Any) -> Asset:
        """Keep a picture as an asset."""
        size = 300 + len(name)
        blob, facts = await self.intake.keep(picture(self._folder / f"{name}.png", size, size), "file", lambda _: None)
        return await self.store.assets.add(sample_asset(name, blob=blob, facts=facts, **changes))

    async def sweep(self) -> int:
        """Sweep as after the grace of every file."""
        return await Sweeper(self.store, self.media, self.clock, grace=-1).sweep()


@asynccontextmanager
async def rooms(folder: Path) -> AsyncIterator[Rooms]:
    """Open the rooms."""
    found = Rooms(folder)
    parts = (found.media, found.store, found.prober, found.intake, found.assets)
    for part in parts:
        await part.open()
    try:
        yield found
    finally:
        for closing in (found.assets, found.intake, found.prober, found.store):
            await closing.aclose()


def asking(*urls: str, kind: MediaKind = MediaKind.IMAGE) -> VideoRequest:
    """Return a request with these inputs."""
    items = [Media(kind, Role.REFERENCE, f"images[{at}]", url) for at, url in enumerate(urls)]
    return replace(sample_task().request, media=tuple(items))


def fetches() -> list[asyncio.Task[Any]]:
    """Return the fetches that are under way."""
    return [task for task in asyncio.all_tasks() if task.get_name().startswith("asset ")]


def test_a_request_gets_the_files_of_the_assets_that_it_names(tmp_path: Path) -> None:
    async def run() -> None:
        async with rooms(tmp_path) as it:
            asset = await it.put_by("one")
            await it.put_by("upload", id="uploads/a/猫 咪.png")
            request = asking("Asset://asset-one", "https://example.com/a.png", "oss://uploads/a/猫 咪.png")

            found = (await it.assets.resolve(request, "project")).media

            assert [item.url for item in found] == [item.url for item in request.media]
            assert (found[0].blob, found[0].facts) == (asset.blob, asset.facts)
            assert (found[1].blob, found[1].facts) == ("", None)
            assert found[2].facts is not None
            again = await it.assets.resolve(replace(request, media=found), "nobody's")
            assert again.media == found  # what is found already, as in a remix, is not looked for again

    asyncio.run(run())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"project_id": "another"}, "is not an asset of this key's project"),
        ({"expires_at": 0}, "is not an asset of this key's project"),
        ({"state": AssetState.PROCESSING, "blob": None, "facts": None, "url": GONE}, "still being processed"),
        (
            {"state": AssetState.FAILED, "blob": None, "facts": None, "error": "URL: HTTP 404"},
            "could not be taken in: URL: HTTP 404",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_by_the_clients_field(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    async def run() -> None:
        async with rooms(tmp_path) as it:
            await it.store.assets.add(sample_asset(**change))
            with pytest.raises(MediaRefused) as refused:
                await it.assets.resolve(asking(GONE, "asset://asset-one"), "project")
            assert refused.value.field == "images[1]"
            assert refused.value.message.startswith("images[1]: asset://asset-one is ")
            assert words in refused.value.message

    asyncio.run(run())


def test_an_asset_of_another_kind_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with rooms(tmp_path) as it:
            await it.put_by("one")
            with pytest.raises(MediaRefused, match=r"images\[0\]: it holds image data \(png\); send audio data"):
                await it.assets.resolve(asking("asset://asset-one", kind=MediaKind.AUDIO), "project")

    asyncio.run(run())


def test_an_upload_ends_and_its_file_goes_unless_a_task_used_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with rooms(tmp_path) as it:
            ends = it.clock.now() + limits.UPLOAD_SECONDS * 1000
            used, unused = await it.put_by("used", expires_at=ends), await it.put_by("unused", expires_at=ends)
            kept = await it.put_by("kept")
            request = await it.assets.resolve(asking("oss://asset-used"), "project")
            task = await it.store.create(replace(sample_task(), request=request))

            it.clock.pass_seconds(limits.UPLOAD_SECONDS - 1)
            await it.assets.tend()
            assert await it.sweep() == 0
            it.clock.pass_seconds(1)
            await it.assets.tend()
            assert await it.sweep() == 1

            sizes = [await it.media.size(asset.blob or "") for asset in (used, unused, kept)]
            assert [size is not None for size in sizes] == [True, False, True]
            assert await it.store.assets.get(used.id) is None
            assert await it.store.files.blobs(task.id) == {"input-0": used.blob}

    asyncio.run(run())


def test_a_file_that_was_found_outlives_its_asset_until_the_task_is_written(tmp_path: Path) -> None:
    async def run() -> None:
        async with rooms(tmp_path) as it:
            asset = await it.put_by("one")
            os.utime(await it.media.local(asset.blob or ""), (1, 1))
            await it.assets.resolve(asking("asset://asset-one"), "project")
            await it.store.assets.delete(asset.id)

            assert await Sweeper(it.store, it.media, it.clock).sweep() == 0
            assert await it.media.size(asset.blob or "") is not None

    asyncio.run(run())


def test_a_fetch_that_its_server_did_not_finish_is_taken_over(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        async with rooms(tmp_path) as it:
            await it.store.assets.add_group(sample_group())
            waiting: dict[str, Any] = {
                "state": AssetState.PROCESSING,
                "blob": None,
                "facts": None,
                "group_id": "group-one",
            }
            await it.store.assets.add(sample_asset(**waiting, url=url))

            it.clock.pass_seconds(limits.ASSET_FETCH_SECONDS)
            await it.assets.tend()
            assert fetches() == []  # whoever began it may still be at it
            it.clock.pass_seconds(1)
            await it.assets.tend()
            await asyncio.gather(*fetches())

            found = await it.store.assets.get("asset-one")
            assert found is not None
            assert (found.state, found.updated_at) == (AssetState.ACTIVE, it.clock.now())
            assert found.facts is not None
            assert await it.media.size(found.blob or "") == found.facts.bytes

    with MediaServer() as server:
        asyncio.run(run(server.serve("/a.png", picture(tmp_path / "a.png"), type="image/png")))


def test_an_asset_that_is_deleted_while_it_is_fetched_leaves_nothing(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        async with rooms(tmp_path) as it:
            new = sample_asset(state=AssetState.PROCESSING, blob=None, facts=None, url=url)
            asset = await it.assets.fetch(new, "URL", 0.0)
            assert asset.state is AssetState.PROCESSING
            assert await it.store.assets.delete(asset.id)

            await asyncio.gather(*fetches())

            assert await it.store.assets.get(asset.id) is None
            assert await it.sweep() == 1

    with MediaServer() as server:
        asyncio.run(run(server.drip("/slow.png", picture(tmp_path / "slow.png").read_bytes(), 400, 0.05)))
