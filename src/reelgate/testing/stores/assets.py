"""What a store promises of assets."""

from __future__ import annotations

from typing import Any

import msgspec

from reelgate.request import Facts, MediaKind
from reelgate.tasks.assets import Asset, AssetGroup, AssetQuery, AssetState
from reelgate.tasks.store import DuplicateId, Stale, TaskStore
from reelgate.testing.expect import expect, expect_equal, expect_raises
from reelgate.testing.stores.samples import NOW, sample_task

FACTS = Facts(kind=MediaKind.IMAGE, format="png", bytes=4_321, width=640, height=480)


def sample_asset(name: str = "one", **changes: Any) -> Asset:
    """Return an active picture of a project's; `changes` replaces fields."""
    asset = Asset(
        id=f"asset-{name}",
        project_id="project",
        kind=MediaKind.IMAGE,
        name=f"橘猫 {name}",
        state=AssetState.ACTIVE,
        created_at=NOW,
        updated_at=NOW,
        blob="b1",
        facts=FACTS,
    )
    return msgspec.structs.replace(asset, **changes)


def sample_group(name: str = "one", **changes: Any) -> AssetGroup:
    """Return a group of a project's; `changes` replaces fields."""
    group = AssetGroup(
        id=f"group-{name}", project_id="project", name=f"角色 {name}", type="AIGC", created_at=NOW, updated_at=NOW
    )
    return msgspec.structs.replace(group, **changes)


async def check_asset(store: TaskStore) -> None:
    """An asset is kept as it was written, once, and can be renamed and removed."""
    written = await store.assets.add(sample_asset())
    expect(written.seq > 0, "an asset that was written has its place in lists")
    expect_equal(await store.assets.get("asset-one"), written, "an asset")
    expect_equal(await store.assets.get("asset-two"), None, "an asset that is not there")
    await expect_raises(DuplicateId, store.assets.add(sample_asset()), "an asset whose id is taken")
    expect(await store.assets.rename("asset-one", "黑猫", at=NOW + 5), "an asset can be renamed")
    renamed = msgspec.structs.replace(written, name="黑猫", updated_at=NOW + 5)
    expect_equal(await store.assets.get("asset-one"), renamed, "a renamed asset")
    expect(await store.assets.delete("asset-one"), "an asset can be removed")
    gone = (await store.assets.delete("asset-one"), await store.assets.rename("asset-one", "x", at=NOW))
    expect_equal(gone, (False, False), "what is done with an asset that is gone")


async def check_asset_files(store: TaskStore) -> None:
    """A file stays while an asset or a task refers to it, and goes to the bin with the last of them."""
    await store.files.bin("b1")
    for name in ("one", "two"):
        await store.assets.add(sample_asset(name))
    expect_equal(await store.files.binned(10), [], "the bin while assets refer to a file")
    await store.assets.delete("asset-one")
    expect_equal(await store.files.binned(10), [], "the bin while another asset refers to the file")
    task = await store.create(sample_task())
    await store.files.add_blob(task.id, "input-0", "b1", at=NOW)
    await store.assets.delete("asset-two")
    expect_equal(await store.files.binned(10), [], "the bin while a task that used the asset refers to its file")
    await store.request_cancel(task.id, at=NOW)
    await store.delete(task.id)
    expect_equal(await store.files.binned(10), ["b1"], "the bin when nothing refers to the file")


async def check_asset_ends(store: TaskStore) -> None:
    """An asset whose time is over is removed, and its file with it; any other stays."""
    for name, ends in (("one", NOW + 10), ("two", NOW + 11), ("three", None)):
        await store.assets.add(sample_asset(name, blob=f"b-{name}", expires_at=ends))
    await store.assets.expire(NOW + 10)
    left = [await store.assets.get(f"asset-{name}") is not None for name in ("one", "two", "three")]
    expect_equal(left, [False, True, True], "which assets are left")
    expect_equal(await store.files.binned(10), ["b-one"], "the file of an asset that has ended")


async def check_asset_fetches(store: TaskStore) -> None:
    """What is still to be fetched is found, oldest first, and settled once."""
    waiting = {"state": AssetState.PROCESSING, "blob": None, "facts": None, "url": "https://example.com/猫.png"}
    for number, name in enumerate(("one", "two", "three")):
        await store.assets.add(sample_asset(name, **waiting, created_at=NOW + number))
    found = [asset.id for asset in await store.assets.processing(NOW + 2)]
    expect_equal(found, ["asset-one", "asset-two"], "what was to be fetched before that time")
    await store.assets.settle("asset-one", blob="b1", facts=FACTS, error=None, at=NOW + 9)
    await store.assets.settle("asset-two", blob=None, facts=None, error="HTTP 404", at=NOW + 9)
    one, two = await store.assets.get("asset-one"), await store.assets.get("asset-two")
    expect(one is not None and two is not None, "settled assets are there")
    if one is not None and two is not None:
        expect_equal(
            (one.state, one.blob, one.facts, one.updated_at), ("active", "b1", FACTS, NOW + 9), "a fetched one"
        )
        expect_equal((two.state, two.blob, two.error), ("failed", None, "HTTP 404"), "one that could not be fetched")
    expect_equal(len(await store.assets.processing(NOW + 9)), 1, "what is left to be fetched")
    for gone in ("asset-one", "asset-nine"):
        again = store.assets.settle(gone, blob="b2", facts=FACTS, error=None, at=NOW)
        await expect_raises(Stale, again, f"{gone}, which was settled or never there")


async def check_asset_groups(store: TaskStore) -> None:
    """Groups hold assets; a group that is removed takes them and their files with it."""
    group = await store.assets.add_group(sample_group())
    await expect_raises(DuplicateId, store.assets.add_group(sample_group()), "a group whose id is taken")
    await expect_raises(Stale, store.assets.add(sample_asset(group_id="group-nine")), "an asset of no known group")
    expect_equal(await store.assets.get("asset-one"), None, "an asset that was refused")
    await store.assets.add(sample_asset(group_id=group.id, created_at=NOW + 3))
    changed = msgspec.structs.replace(group, updated_at=NOW + 3)
    expect_equal(await store.assets.group(group.id), changed, "a group that got an asset")
    expect(await store.assets.rename_group(group.id, "配角", at=NOW + 4), "a group can be renamed")
    renamed = msgspec.structs.replace(group, name="配角", updated_at=NOW + 4)
    expect_equal(await store.assets.group(group.id), renamed, "a renamed group")
    expect(await store.assets.delete_group(group.id), "a group can be removed")
    left = (await store.assets.get("asset-one"), await store.assets.group(group.id))
    expect_equal(left, (None, None), "what is left of a removed group")
    expect_equal(await store.files.binned(10), ["b1"], "the files of a removed group")
    gone = (await store.assets.delete_group(group.id), await store.assets.rename_group(group.id, "x", at=NOW))
    expect_equal(gone, (False, False), "what is done with a group that is gone")


async def check_asset_lists(store: TaskStore) -> None:
    """A library's lists show one project's assets and groups, newest first, by name, group and type, in pages."""
    for name, kind in (("one", "AIGC"), ("two", "LivenessFace")):
        await store.assets.add_group(sample_group(name, type=kind))
    await store.assets.add_group(sample_group("foreign", project_id="another"))
    for name, group in (("1", "one"), ("2", "one"), ("3", "two")):
        await store.assets.add(sample_asset(name, group_id=f"group-{group}"))
    await store.assets.add(sample_asset("upload"))
    await store.assets.add(sample_asset("foreign", project_id="another", group_id="group-foreign"))
    wanted: list[tuple[list[str], int, dict[str, Any]]] = [
        (["3", "2", "1"], 3, {}),
        (["2"], 3, {"offset": 1, "limit": 1}),
        (["2"], 1, {"name": "猫 2"}),
        ([], 0, {"name": "%"}),
        (["2", "1"], 2, {"groups": ("group-one", "group-nine")}),
        (["3"], 1, {"group_type": "LivenessFace"}),
    ]
    for names, total, changes in wanted:
        which = AssetQuery(project_id="project", **changes)
        expect_equal(
            [a.id for a in await store.assets.list(which)], [f"asset-{n}" for n in names], f"assets by {changes}"
        )
        expect_equal(await store.assets.count(which), total, f"how many assets by {changes}")
    for names, total, changes in (
        (["two", "one"], 2, {}),
        (["one"], 2, {"offset": 1}),
        (["two"], 1, {"name": "two"}),
        (["one"], 1, {"group_type": "AIGC"}),
    ):
        which = AssetQuery(project_id="project", **changes)
        found = [group.id for group in await store.assets.groups(which)]
        expect_equal(found, [f"group-{name}" for name in names], f"groups by {changes}")
        expect_equal(await store.assets.count_groups(which), total, f"how many groups by {changes}")


ASSET_CHECKS = (
    check_asset,
    check_asset_files,
    check_asset_ends,
    check_asset_fetches,
    check_asset_groups,
    check_asset_lists,
)
