"""Projects, keys and the audit log as operators are shown them, field by field."""

from __future__ import annotations

import json

import msgspec

from reelgate.access.shown import audit_body, key_body, project_body
from reelgate.tasks.projects import Audit, Former, Key, Overflow, Project, Scope

AT = 1_800_000_000_999


def test_a_project_is_shown_whole() -> None:
    project = Project(
        id="p",
        name="One",
        created_at=AT,
        archived_at=AT + 1000,
        multiplier_ppm=2,
        floor_micros=3,
        creates_per_minute=4,
        tasks_at_once=5,
        overflow=Overflow.QUEUE,
        priority=6,
        weight=7,
        spend_day_micros=8,
        spend_total_micros=9,
        budget_month_micros=10,
    )
    assert project_body(project) == {
        "id": "p",
        "object": "project",
        "name": "One",
        "created_at": 1_800_000_000,
        "archived_at": 1_800_000_001,
        "multiplier_ppm": 2,
        "floor_micros": 3,
        "creates_per_minute": 4,
        "tasks_at_once": 5,
        "overflow": "queue",
        "priority": 6,
        "weight": 7,
        "spend_day_micros": 8,
        "spend_total_micros": 9,
        "budget_month_micros": 10,
    }


def test_a_key_is_shown_without_its_secrets() -> None:
    key = Key(
        id="k",
        project_id="p",
        name="One",
        digest="never shown",
        prefix="sk-aaaaa",
        created_at=AT,
        expires_at=AT + 5000,
        scopes=(Scope.READ,),
        models=("wan*",),
        creates_per_minute=1,
        tasks_at_once=2,
        spend_day_micros=3,
        spend_total_micros=4,
        strict=True,
        former=(Former("never shown", AT), Former("nor this", AT + 2000)),
    )
    shown = {
        "id": "k",
        "object": "key",
        "project_id": "p",
        "name": "One",
        "prefix": "sk-aaaaa",
        "state": "valid",
        "scopes": ("read",),
        "models": ("wan*",),
        "created_at": 1_800_000_000,
        "expires_at": 1_800_000_005,
        "revoked_at": None,
        "former_until": [1_800_000_002],
        "creates_per_minute": 1,
        "tasks_at_once": 2,
        "spend_day_micros": 3,
        "spend_total_micros": 4,
        "strict": True,
    }
    assert key_body(key, AT) == shown
    assert key_body(key, AT + 5000) == shown | {"state": "expired", "former_until": []}
    revoked = msgspec.structs.replace(key, revoked_at=AT + 1000)
    assert key_body(revoked, AT + 5000)["state"] == "revoked"


def test_a_line_of_the_audit_log_says_who_did_what_to_what() -> None:
    line = Audit(
        seq=7,
        at=AT,
        actor="key k",
        action="key.change",
        project_id="p",
        subject="k",
        before='{"name":"a"}',
        after=None,
    )
    assert json.loads(msgspec.json.encode(audit_body(line))) == {
        "id": 7,
        "object": "audit",
        "at": 1_800_000_000,
        "actor": "key k",
        "action": "key.change",
        "project_id": "p",
        "subject": "k",
        "before": {"name": "a"},
        "after": None,
    }
