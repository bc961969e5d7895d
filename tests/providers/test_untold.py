"""Every setting of every model is in what a vendor is sent, or named as without effect, or the job is refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec.structs import replace

from reelgate.catalog import Model
from reelgate.catalog.rules import check
from reelgate.conductor.routing import can_make
from reelgate.errors import InvalidField
from reelgate.providers.account import Account
from reelgate.providers.channels import NAMES
from reelgate.providers.configured import kinds
from reelgate.providers.openai_profiles import PROFILES
from reelgate.providers.port import Job, NotSent, Rejected
from reelgate.providers.untold import usual
from reelgate.providers.vendor import VendorProvider
from reelgate.request import Mode, VideoRequest
from tests.providers.jobs import CATALOG, job
from tests.providers.test_bodies_against_simulator import KINDS, media

DOCS = Path(__file__).parents[2] / "docs"

SHAPE = frozenset({"model", "mode", "prompt", "resolution", "ratio", "duration", "media", "order", "remixed_from"})
OURS = frozenset({"return_last_frame", "expires_after", "client_ref", "callback_url", "ignored", "unsent"})
SEED = frozenset({"seed", "seed_given"})
OTHERS = SHAPE | OURS | SEED
"""What is no setting that a vendor may lack: it shapes the job, has rules of its own, or the server does it itself."""

WISHES: dict[str, Any] = {"negative_prompt": "dogs", "frames": 61, "seed": 7}
"""Values of the settings that are neither true nor false."""

OPTIONS = (
    *({"profile": name} for name in PROFILES),
    *({"profile": "new_api", "channel": name} for name in NAMES),
)


class Fate(NamedTuple):
    """What became of one setting of one job: `sent`, `named`, `refused`, or `ignored` by the model."""

    model: Model
    setting: str
    what: str


def account(kind: str, **options: str) -> Account:
    """Return an account of a kind; a server that makes whatever its account names is told of every model."""
    models = tuple(model.id for model in CATALOG) if kind == "openai_videos" else ()
    return Account(name="main", kind=kind, key="sk", base_url="http://vendor.example", models=models, options=options)


def fates(of: Account, file: Path) -> Iterator[Fate]:
    """Yield what becomes of each setting, asked for alone, in every mode of every model that an account makes."""
    provider = next(kind for kind in kinds() if kind.name == of.kind).make(of)
    assert isinstance(provider, VendorProvider)
    for model in CATALOG:
        for mode in model.modes:
            plain = plainly(model, mode, file) if can_make(of, model, mode) else None
            if plain is None or body(provider, plain) is None:
                continue
            for name, value in {**usual(model), "seed": 0}.items():
                what = fate(provider, plain, name, WISHES.get(name, not value))
                yield Fate(model, name, what)


def plainly(model: Model, mode: Mode, file: Path) -> Job:
    """Return a job that asks for nothing beside what its model does by itself."""
    inputs = tuple(replace(one, path=file) for one in media(model, mode, many=False))
    length, settings = model.duration_in(mode), usual(model)
    shape = {"resolution": model.default_resolution, "ratio": model.ratio_in(mode), "duration": length.default}
    return job(model, *inputs, mode=mode, **shape, **settings)


def fate(provider: VendorProvider, plain: Job, name: str, value: Any) -> str:
    """Return what becomes of a setting; fail for one that is dropped silently, or named and sent all the same."""
    wanted = replace(plain.request, **{name: value}, **({"seed_given": True} if name == "seed" else {}))
    try:
        settled = check(plain.model, wanted, {})
    except InvalidField:
        return "refused"
    made = replace(plain, request=settled)
    sent = body(provider, made)
    if sent is None:
        return "refused"
    if name in settled.ignored:
        return "ignored"
    named = name in asyncio.run(provider.unsent(made))
    other = {"seed": 8} if name == "seed" else {name: getattr(plain.request, name)}
    without = body(provider, replace(made, request=replace(settled, **other)))
    assert named == (sent == without), f"{provider.kind}: {plain.model.id}, {plain.request.mode}: {name}"
    return "named" if named else "sent"


def body(provider: VendorProvider, made: Job) -> dict[str, Any] | None:
    try:
        return provider.body_of(made)
    except (NotSent, Rejected):
        return None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "input").write_bytes(b"not really media")
    return tmp_path / "input"


def test_every_field_of_a_request_is_a_setting_or_has_rules_of_its_own() -> None:
    fields = {field.name for field in msgspec.structs.fields(VideoRequest)}

    assert all(fields == set(usual(model)) | OTHERS for model in CATALOG)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: " ".join(options.values()))
def test_no_setting_is_dropped_silently_at_a_server_of_openai_s_api(options: dict[str, str], file: Path) -> None:
    assert {fate.what for fate in fates(account("openai_videos", **options), file)} >= {"sent", "named"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_setting_is_dropped_silently_at_a_vendor_and_both_pages_name_what_has_no_effect(
    kind: str, file: Path
) -> None:
    lost: dict[str, set[str]] = {}
    for fate in fates(account(kind), file):
        rows = lost.setdefault(fate.model.family, set())
        rows |= {fate.setting} if fate.what == "named" and fate.setting in TOLD else set()

    for page in ("vendors.md", "vendors.zh-CN.md"):
        assert listed(page, kind) == lost, page


TOLD = frozenset({"music", "watermark", "prompt_extend", "web_search", "camera_fixed", "seed"})
"""The settings of the Reelgate dialect that a vendor may lack; the pages tell of others in their place."""

ROW = re.compile(r"\| `(\w+)` \| `(\w+)` \| (`.+`) \|")


def listed(page: str, kind: str) -> dict[str, set[str]]:
    """Return the settings without effect that a page lists for each family of models at a kind of vendor."""
    rows = [row for row in map(ROW.fullmatch, (DOCS / page).read_text(encoding="utf-8").splitlines()) if row]
    return {row[2]: set(re.findall(r"`(\w+)`", row[3])) for row in rows if row[1] == kind}
