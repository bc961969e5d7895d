"""What adapters send along with pictures is what the dialects of the same vendors take: a gateway is asked by each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelgate.providers.account import Account
from reelgate.providers.configured import kinds
from reelgate.providers.port import Job, Running, Staged, Succeeded, Verdict
from reelgate.request import Facts, MediaKind, Mode, Role
from reelgate.testing.samples import picture
from tests.e2e.server import Server, serving
from tests.providers.jobs import job

KEY = "sk-upstream-0123456789abcdefghijklmnopqrstuvwxyz"
PATIENCE_SECONDS = 480.0
POLL_SECONDS = 0.2

CASES = [
    ("openai_videos", "/v1", "happyhorse-1.1-i2v", Mode.IMAGE, "720p", 3),
    ("vidu", "", "viduq3t-540p", Mode.IMAGE, "540p", 1),
    ("vidu", "", "viduq3t-540p", Mode.FRAMES, "540p", 1),
    ("vidu", "", "viduq3p-540p", Mode.REFERENCE, "540p", 3),
    ("ark", "/api/v3", "seedance-2.0-mini", Mode.FRAMES, "480p", 4),
    ("anyfast", "", "seedance-2.0-mini", Mode.REFERENCE, "480p", 4),
    ("apiyi", "", "wan2.7-i2v", Mode.IMAGE, "720p", 2),
    ("dashscope", "/api/v1", "wan2.7-i2v", Mode.FRAMES, "720p", 2),
]
ROLES = {
    Mode.IMAGE: (Role.FIRST_FRAME,),
    Mode.FRAMES: (Role.FIRST_FRAME, Role.LAST_FRAME),
    Mode.REFERENCE: (Role.REFERENCE, Role.REFERENCE),
}


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("behind"), "--workers", "1", key=KEY) as server:
        yield server


@pytest.mark.parametrize(("kind", "root", "model", "mode", "tier", "seconds"), CASES)
def test_pictures_arrive_inside_the_request(
    behind: Server, tmp_path: Path, kind: str, root: str, model: str, mode: Mode, tier: str, seconds: int
) -> None:
    inputs = tuple(staged(tmp_path / f"{number}.png", role) for number, role in enumerate(ROLES[mode]))
    account = Account(name="main", kind=kind, key=KEY, base_url=behind.url + root)

    verdict = asyncio.run(made(account, job(model, *inputs, mode=mode, resolution=tier, duration=seconds)))

    assert isinstance(verdict, Succeeded)
    assert verdict.url is not None
    film = behind.get(verdict.url.removeprefix(behind.url), key=None)
    assert (film.status, film.body[4:8]) == (200, b"ftyp")
    newest = behind.get("/v1/tasks").json["data"][0]
    assert (newest["prompt"], newest["mode"]) == ("一只猫 on the moon", mode)


def staged(path: Path, role: Role) -> Staged:
    size = picture(path, 640, 480).stat().st_size
    return Staged(MediaKind.IMAGE, role, path, Facts(MediaKind.IMAGE, "png", size, 640, 480))


async def made(account: Account, wanted: Job) -> Verdict:
    """Return the outcome of a job that is submitted to the account."""
    provider = next(kind for kind in kinds() if kind.name == account.kind).make(account)
    await provider.open()
    try:
        ref = await provider.submit(wanted)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                verdict = await provider.poll(ref)
                if not isinstance(verdict, Running):
                    return verdict
                await asyncio.sleep(POLL_SECONDS)
    finally:
        await provider.aclose()
