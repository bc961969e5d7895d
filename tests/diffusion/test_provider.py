"""A model on this machine as a provider: the port's promises, its process, its account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from reelgate.conductor.routing import Router, can_make
from reelgate.providers.account import Account
from reelgate.providers.configured import ConfigError, configured, make
from reelgate.providers.diffusers import DiffusersProvider
from reelgate.providers.port import NotFound, Running, Succeeded, Verdict
from reelgate.render.pool import RenderPool
from reelgate.request import Mode
from reelgate.testing import check_provider
from tests.animatic.media import decode
from tests.diffusion.work import ends, job, options, outcome, provider
from tests.providers.jobs import model

LONG = "1000"


def test_it_keeps_the_promises_of_a_provider(models: Path, tmp_path: Path) -> None:
    wanted = job(Mode.TEXT, ends(tmp_path))

    asyncio.run(check_provider(lambda: provider(models / "ltx", tmp_path / "out"), wanted))


def test_one_process_makes_every_mode_and_a_seed_the_same_each_time(models: Path, tmp_path: Path) -> None:
    given, progress = ends(tmp_path), list[int]()

    async def scenario() -> list[Verdict]:
        engine = provider(models / "ltx-condition", tmp_path / "out", steps="4")
        async with opened(engine):
            text = job(Mode.TEXT, given)
            made = [
                await outcome(engine, text, "one", progress),
                await outcome(engine, text, "two"),
                await outcome(engine, job(Mode.TEXT, given, seed=8), "three"),
                await outcome(engine, job(Mode.IMAGE, given), "four"),
                await outcome(engine, job(Mode.FRAMES, given), "five"),
            ]
            files = [_bytes(verdict) for verdict in made]
            assert files[0] == files[1]
            assert len(set(files)) == 4
            shapes = [(960, 528)] * 3 + [(822, 616)] * 2  # a picture decides the shape
            for verdict, shape in zip(made, shapes, strict=True):
                assert isinstance(verdict, Succeeded)
                clip = decode(Path(str(verdict.path)))
                assert (clip.pictures[0].width, clip.pictures[0].height, len(clip.pictures)) == (*shape, 25)
            return made

    first = asyncio.run(scenario())[0]

    assert isinstance(first, Succeeded)
    assert (first.duration, first.ratio) == (1, "16:9")
    assert progress == sorted(progress)
    assert max(progress) > 0
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_cancel_stops_the_process_and_leaves_no_file(models: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    async def scenario() -> None:
        engine = provider(models / "ltx", out, steps=LONG)
        async with opened(engine):
            ref = await engine.submit(job(Mode.TEXT, ends(tmp_path)))
            async with asyncio.timeout(480):
                while (verdict := await engine.poll(ref)) == Running(0):  # noqa: ASYNC110 - a provider is polled
                    await asyncio.sleep(0.02)
            assert isinstance(verdict, Running), verdict
            await engine.cancel(ref)
            assert isinstance(await engine.poll(ref), NotFound)
            assert not [path for path in out.rglob("*") if path.is_file()]
            assert engine.free_slots() == 1

    asyncio.run(scenario())


def test_no_job_is_routed_to_a_pipeline_that_cannot_make_it(models: Path, tmp_path: Path) -> None:
    names = {"wan": {Mode.TEXT}, "wan-image": {Mode.IMAGE}, "wan-frames": {Mode.IMAGE, Mode.FRAMES}}
    sold = model("viduq3t-540p")
    accounts = [
        Account(name=name, kind="diffusers", models=(sold.id,), options=options(models / name)) for name in names
    ]
    providers = {account.name: make(account, tmp_path / "renders") for account in accounts}

    router = Router(providers, accounts)

    for account in accounts:
        assert {mode for mode in Mode if can_make(account, sold, mode)} == names[account.name]
    assert router.provider_for(sold, Mode.TEXT) == "wan"
    assert router.provider_for(sold, Mode.FRAMES) == "wan-frames"
    assert {router.provider_for(sold, Mode.IMAGE) for _ in range(64)} == {"wan-image", "wan-frames"}
    assert not can_make(accounts[0], model("wan2.7-t2v"), Mode.TEXT)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "/no/such/folder"}, "account gpu: model /no/such/folder: no such folder"),
        ({"steps": "none"}, "account gpu: .*steps"),
        ({"steps": "0"}, "steps is 0; it must be 1 or more"),
        ({"offload": "disk"}, "account gpu: Invalid enum value 'disk'"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
def test_options_that_mean_nothing_are_told_at_start(
    models: Path, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        provider(models / "wan", tmp_path, **changes)


def test_a_folder_without_a_pipeline_is_told_at_start(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))

    with pytest.raises(ValueError, match=r"model_index\.json"):
        provider(tmp_path / "empty", tmp_path)
    with pytest.raises(ValueError, match="the pipeline is StableDiffusionPipeline; known: WanPipeline"):
        provider(tmp_path / "other", tmp_path)


def test_missing_packages_are_named_at_start(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "torch" else object())

    with pytest.raises(ValueError, match=r"pip install 'reelgate\[diffusers\]' \(torch not found\)"):
        provider(models / "wan", tmp_path)


def test_an_account_needs_no_key_and_takes_no_address(models: Path, tmp_path: Path) -> None:
    config = tmp_path / "reelgate.toml"
    row = f'[[account]]\nkind = "diffusers"\nname = "a/b"\noptions = {{ model = "{models}/wan" }}\n'
    config.write_text(row)

    (account,) = configured({}, config)

    assert (account.name, account.base_url, account.key) == ("a/b", "", "")
    engine = make(account, tmp_path / "renders")
    assert isinstance(engine, DiffusersProvider)
    assert (engine.name, engine.local, engine.repeatable) == ("a/b", True, True)
    assert isinstance(engine.pool, RenderPool)
    assert engine.pool._folder == tmp_path / "renders-a%2Fb"
    config.write_text(row + 'base_url = "http://10.0.0.1"\n')
    with pytest.raises(ConfigError, match="base_url: diffusers runs on this machine and takes none"):
        configured({}, config)


@asynccontextmanager
async def opened(engine: DiffusersProvider) -> AsyncIterator[None]:
    await engine.open()
    try:
        yield
    finally:
        await engine.aclose()


def _bytes(verdict: object) -> bytes:
    assert isinstance(verdict, Succeeded), verdict
    return Path(str(verdict.path)).read_bytes()
