"""What a store promises of projects, keys and their audit log."""

from __future__ import annotations

from typing import Any

import msgspec

from reelgate.tasks.projects import Act, AuditFilter, Former, Key, Overflow, Project, Scope
from reelgate.tasks.store import DuplicateId, Stale, TaskStore
from reelgate.testing.expect import expect, expect_equal, expect_raises
from reelgate.testing.stores.samples import NOW

ACT = Act("key key_1", NOW, "add")


def sample_project(which: str = "one", /, **changes: Any) -> Project:
    """Return a project; `changes` replaces fields."""
    return msgspec.structs.replace(Project(id=f"proj_{which}", name=f"团队 {which}", created_at=NOW), **changes)


def sample_key(which: str = "one", /, **changes: Any) -> Key:
    """Return a key of the first project's; `changes` replaces fields."""
    key = Key(id=f"key_{which}", project_id="proj_one", name=f"第一 {which}", digest=f"d {which}", created_at=NOW)
    return msgspec.structs.replace(key, **changes)


async def check_projects(store: TaskStore) -> None:
    """A project is kept as it was written, once, and changed only by a caller that has read its current state."""
    project = sample_project()
    await store.projects.add(project, ACT)
    await expect_raises(DuplicateId, store.projects.add(project, ACT), "a project whose id is taken")
    expect_equal(await store.projects.get(project.id), project, "a project")
    expect_equal(await store.projects.get("proj_nine"), None, "a project that is not there")
    wanted = sample_project(
        name="改名",
        multiplier_ppm=1_250_000,
        floor_micros=-5_000_000,
        creates_per_minute=60,
        tasks_at_once=3,
        overflow=Overflow.QUEUE,
        priority=2,
        weight=5,
        spend_day_micros=1_000_000,
        spend_total_micros=9_000_000_000_000,
        archived_at=NOW + 1,
    )
    changed = await store.projects.change(project, wanted, ACT)
    expect_equal(changed, msgspec.structs.replace(wanted, version=2), "what a change returns")
    expect_equal(await store.projects.get(project.id), changed, "a changed project")
    await expect_raises(Stale, store.projects.change(project, wanted, ACT), "a change of what has changed since")


async def check_keys(store: TaskStore) -> None:
    """Keys are kept by their hash, once, in a project that is there; a change keeps everything else."""
    await expect_raises(Stale, store.projects.add_key(sample_key(), ACT), "a key of no known project")
    project = sample_project()
    await store.projects.add(project, ACT)
    key = sample_key()
    await store.projects.add_key(key, ACT)
    for name, twin in (("digest", sample_key("two", digest=key.digest)), ("id", sample_key(digest="d2"))):
        await expect_raises(DuplicateId, store.projects.add_key(twin, ACT), f"a key whose {name} is taken")
    wanted = sample_key(
        name="新",
        digest="d new",
        revoked_at=NOW + 2,
        prefix="sk-abcde",
        scopes=(Scope.READ, Scope.ADMIN),
        models=("viduq*", "wan2.7-t2v"),
        expires_at=NOW + 9,
        creates_per_minute=10,
        tasks_at_once=2,
        spend_day_micros=3,
        spend_total_micros=4,
        former=(Former("d one", NOW + 5),),
        strict=True,
    )
    changed = await store.projects.change_key(key, wanted, ACT)
    expect_equal(changed, msgspec.structs.replace(wanted, version=2), "what a change returns")
    expect_equal(await store.projects.key(key.id), changed, "a changed key")
    await expect_raises(Stale, store.projects.change_key(key, wanted, ACT), "a change of what has changed since")
    expect_equal(await store.projects.key("key_nine"), None, "a key that is not there")
    await store.projects.change(project, msgspec.structs.replace(project, archived_at=NOW), ACT)
    late = store.projects.add_key(sample_key("late"), ACT)
    await expect_raises(Stale, late, "a key of an archived project")


async def check_project_lists(store: TaskStore) -> None:
    """Projects and keys are listed oldest first, in pages, keys also of one project."""
    for number, name in enumerate(("one", "two", "three")):
        await store.projects.add(sample_project(name, created_at=NOW + number), ACT)
    for name, owner, at in (("b", "one", 0), ("a", "one", 0), ("c", "two", 1), ("d", "one", 2)):
        await store.projects.add_key(sample_key(name, project_id=f"proj_{owner}", created_at=NOW + at), ACT)
    for names, page in (
        (["one", "two", "three"], {}),
        (["one", "two"], {"limit": 2}),
        (["three"], {"after": "proj_two", "limit": 2}),
    ):
        found = [project.id for project in await store.projects.list(**page)]
        expect_equal(found, [f"proj_{name}" for name in names], f"projects by {page}")
    lists: list[tuple[list[str], dict[str, Any]]] = [
        (["a", "b", "c", "d"], {}),
        (["a", "b", "d"], {"project_id": "proj_one"}),
        (["b"], {"project_id": "proj_one", "after": "key_a", "limit": 1}),
        ([], {"project_id": "proj_three"}),
    ]
    for names, which in lists:
        found = [key.id for key in await store.projects.keys(**which)]
        expect_equal(found, [f"key_{name}" for name in names], f"keys by {which}")


async def check_audit(store: TaskStore) -> None:
    """Every write of a project or key, and no other, leaves a line that says what changed, and no secret's hash."""
    expect_equal(await store.projects.revision(), 0, "the revision of an empty journal")
    project, key = sample_project(), sample_key()
    await store.projects.add(project, ACT)
    await store.projects.add_key(key, Act("cli 管理员", NOW + 1, "add_key"))
    await expect_raises(DuplicateId, store.projects.add_key(key, ACT), "a key that is there")
    before = await store.projects.revision()
    rotated = msgspec.structs.replace(key, digest="d2", former=(Former(key.digest, NOW + 9),), prefix="sk-two")
    await store.projects.change_key(key, rotated, Act("key key_1", NOW + 2, "rotate"))
    expect(await store.projects.revision() > before, "the revision grows with a change")
    projects, keys = await store.projects.changed(before)
    expect_equal(([*projects], [one.digest for one in keys]), ([], ["d2"]), "what was changed since")
    projects, keys = await store.projects.changed(0)
    expect_equal(([one.id for one in projects], len(keys)), ([project.id], 1), "what was ever made")
    lines = await store.projects.audit(AuditFilter())
    expect_equal([line.action for line in lines], ["rotate", "add_key", "add"], "the log, newest first")
    expect_equal((lines[1].actor, lines[1].at, lines[1].subject), ("cli 管理员", NOW + 1, key.id), "who and when")
    told = [msgspec.json.decode(text or "null") for text in (lines[0].before, lines[0].after, lines[2].before)]
    was, now_is = {"prefix": "", "former_until": []}, {"prefix": "sk-two", "former_until": [NOW + 9]}
    expect_equal(told, [was, now_is, None], "what a rotation changed")
    text = "".join(f"{line.before}{line.after}" for line in lines)
    expect(not any(digest in text for digest in (key.digest, rotated.digest)), "the log holds no hash of a secret")
    pages: list[tuple[int, dict[str, Any]]] = [
        (1, {"limit": 1}),
        (2, {"before_seq": lines[0].seq}),
        (2, {"subject": key.id}),
        (3, {"project_id": project.id}),
        (1, {"actor": "cli 管理员"}),
        (0, {"project_id": "proj_two"}),
    ]
    for many, which in pages:
        expect_equal(len(await store.projects.audit(AuditFilter(**which))), many, f"how many lines by {which}")


PROJECT_CHECKS = (check_projects, check_keys, check_project_lists, check_audit)
