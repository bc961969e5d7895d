"""What the providers ask vendors for is what the vendors' pages have, for every model and mode of the catalog.

Where other sellers of a model take more than the vendor does, that is known here: such a job goes to one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from reelgate.catalog import Model
from reelgate.catalog.rules import ratio_counts
from reelgate.conductor.routing import can_make
from reelgate.providers.account import Account
from reelgate.providers.configured import kinds
from reelgate.providers.port import Job, NotSent, Provider, Rejected, Staged
from reelgate.request import MediaKind, Mode, Role
from reelgate.testing import Simulator
from tests.providers.jobs import CATALOG, at, job

KINDS = ("anyfast", "apiyi", "ark", "dashscope", "uniall", "vidu")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.mark.parametrize("kind", KINDS)
def test_every_mode_of_every_model_is_taken(simulator: Simulator, kind: str) -> None:
    make: Callable[[Account], Provider] = next(one.make for one in kinds() if one.name == kind)
    account = Account(name="main", kind=kind, key="sk-simulated", base_url=simulator.base_url(kind))
    wanted = list(jobs(account))

    refusals = asyncio.run(refused(make(account), wanted))

    assert wanted
    assert refusals == []


def jobs(account: Account) -> Iterator[Job]:
    """Yield jobs of each model and mode that an account makes: each tier, the shortest and longest, few and many
    inputs."""
    for model in CATALOG:
        for mode in model.modes:
            if can_make(account, model, mode):
                yield from variants(model, mode)


def variants(model: Model, mode: Mode) -> Iterator[Job]:
    rule = model.modes[mode]
    ratios = rule.ratios or model.ratios or ("16:9",)
    length = rule.duration or model.duration
    for many in (False, True):
        inputs = tuple(media(model, mode, many=many))
        most = length.with_video_max if length.with_video_max and _has_clip(inputs) else length.max
        for tier in model.resolutions:
            ratio, seconds = ratios[-1 if many else 0], most if many else length.min
            sound = model.audio_default
            made = job(model, *inputs, mode=mode, resolution=tier, ratio=ratio, duration=seconds, audio=sound)
            if ratio_counts(model, made.request) or not model.ratios or many:
                yield made


def media(model: Model, mode: Mode, *, many: bool) -> Iterator[Staged]:
    """Yield as few inputs as the mode needs, or as many as it takes."""
    rule = model.modes[mode]
    left = (rule.max_references if many else rule.min_references) or 99
    least = rule.min_references or (1 if mode is Mode.REFERENCE else 0)
    for one in rule.media:
        count = one.max if many else max(one.min, least if one.role is Role.REFERENCE else 0)
        if one.role is Role.REFERENCE and one.kind is not MediaKind.AUDIO:
            count = min(count, left)
            left, least = left - count, least - count
        yield from (at(one.kind, one.role) for _ in range(count))


def _has_clip(inputs: tuple[Staged, ...]) -> bool:
    return any(given.kind is MediaKind.VIDEO for given in inputs)


async def refused(provider: Provider, wanted: list[Job]) -> list[str]:
    """Submit each job, and return what the vendor says of those that it does not take.

    A job that is kept from it, for others to take, is none of these while another one of its model and mode is taken.
    """
    await provider.open()
    found, kept, taken = [], {}, set()
    try:
        for one in wanted:
            name = f"{provider.kind}: {one.model.id}, {one.request.mode}"
            try:
                await provider.submit(one)
                taken.add(name)
            except NotSent as error:
                kept[name] = error
                found += [] if error.unsendable else [f"{name}: {error}"]
            except Rejected as error:
                found.append(f"{name}: {error}")
    finally:
        await provider.aclose()
    return found + [f"{name}: {error}" for name, error in kept.items() if name not in taken]
