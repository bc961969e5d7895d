"""Jobs for pipelines with random weights, and how they are run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reelgate.providers.account import Account
from reelgate.providers.diffusers import DiffusersProvider
from reelgate.providers.port import Job, Provider, Running, Staged, Verdict
from reelgate.render.job import RenderInput
from reelgate.request import Mode, Role, VideoRequest
from tests.animatic.media import picture, textured
from tests.providers.jobs import model

PAINTED = 32  # pixels of the shorter side: the least that every family can paint
STEPS = 2


def options(folder: Path, **changes: str) -> dict[str, str]:
    given = {"model": str(folder), "device": "cpu", "dtype": "float32", "steps": str(STEPS)}
    return {**given, "short_side": str(PAINTED), **changes}


def provider(folder: Path, out: Path, **changes: str) -> DiffusersProvider:
    return DiffusersProvider(Account(name="gpu", kind="diffusers", options=options(folder, **changes), folder=out))


def ends(folder: Path) -> dict[Role, RenderInput]:
    """Write a first and a last picture."""
    roles = {Role.FIRST_FRAME: 1, Role.LAST_FRAME: 2}
    return {role: picture(folder / f"{role}.png", textured(seed), role) for role, seed in roles.items()}


def job(mode: Mode, given: dict[Role, RenderInput], **fields: Any) -> Job:
    """Return a job of one second in 960 x 528."""
    roles = {Mode.TEXT: (), Mode.IMAGE: (Role.FIRST_FRAME,), Mode.FRAMES: (Role.FIRST_FRAME, Role.LAST_FRAME)}[mode]
    inputs = tuple(Staged(given[role].kind, role, given[role].path, given[role].facts) for role in roles)
    made = model("viduq3t-540p")
    asked = {
        "mode": mode,
        "prompt": "一只猫在草地上奔跑",
        "resolution": "540p",
        "ratio": "16:9",
        "duration": 1,
        "seed": 7,
    }
    return Job("0197", VideoRequest(model=made.id, **{**asked, **fields}), made, inputs)


async def outcome(provider: Provider, wanted: Job, name: str, seen: list[int] | None = None) -> Verdict:
    """Submit a job and return its end; `seen` collects its progress."""
    ref = await provider.submit(replace(wanted, attempt_id=name))
    async with asyncio.timeout(480):
        while isinstance(verdict := await provider.poll(ref), Running):
            if seen is not None:
                seen.append(verdict.progress)
            await asyncio.sleep(0.02)
    return verdict
