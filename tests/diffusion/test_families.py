"""Every family makes its modes: exact size, the possible length that is nearest, what is said in the file and notes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelgate.diffusion.families import PipelineFamily, family_of
from reelgate.diffusion.settings import describe, settings_of
from reelgate.render.job import RenderJob
from reelgate.render.scene import UnusableInput
from reelgate.request import Mode, Role
from tests.animatic.media import decode, difference
from tests.animatic.media import job as render_job
from tests.diffusion.work import STEPS, ends, options

pytestmark = pytest.mark.filterwarnings("ignore")  # the packages' own

WIDTH, HEIGHT = 180, 100

MADE = [
    ("wan", Mode.TEXT, "WanPipeline", 17, 16),
    ("wan-5b", Mode.TEXT, "WanPipeline", 25, 24),
    ("wan-5b", Mode.IMAGE, "WanImageToVideoPipeline", 25, 24),
    ("wan-image", Mode.IMAGE, "WanImageToVideoPipeline", 17, 16),
    ("wan-frames", Mode.FRAMES, "WanImageToVideoPipeline", 17, 16),
    ("ltx", Mode.TEXT, "LTXPipeline", 25, 24),
    ("ltx", Mode.IMAGE, "LTXImageToVideoPipeline", 25, 24),
    ("ltx-condition", Mode.TEXT, "LTXConditionPipeline", 25, 24),
    ("ltx-condition", Mode.FRAMES, "LTXConditionPipeline", 25, 24),
    ("hunyuan", Mode.TEXT, "HunyuanVideoPipeline", 25, 24),
    ("cogvideox", Mode.TEXT, "CogVideoXPipeline", 9, 8),
    ("cogvideox-image", Mode.IMAGE, "CogVideoXImageToVideoPipeline", 9, 8),
]

MODES = {
    "wan": {Mode.TEXT},
    "wan-5b": {Mode.TEXT, Mode.IMAGE},
    "wan-image": {Mode.IMAGE},
    "wan-frames": {Mode.IMAGE, Mode.FRAMES},
    "ltx": {Mode.TEXT, Mode.IMAGE},
    "ltx-condition": {Mode.TEXT, Mode.IMAGE, Mode.FRAMES},
    "hunyuan": {Mode.TEXT},
    "cogvideox": {Mode.TEXT},
    "cogvideox-image": {Mode.IMAGE},
}

Studios = Callable[[str], Any]


@pytest.fixture(scope="module")
def studio(models: Path) -> Studios:
    """Return what makes a model's videos in this process."""
    made: dict[str, Any] = {}

    def of(name: str) -> Any:
        from reelgate.diffusion.render import DiffusionRenderer

        settings = settings_of(options(models / name))
        return made.setdefault(name, DiffusionRenderer(settings, describe(settings.model)))

    return of


def asked(mode: Mode, folder: Path, **fields: Any) -> RenderJob:
    given = ends(folder)
    roles = {Mode.IMAGE: (Role.FIRST_FRAME,), Mode.FRAMES: (Role.FIRST_FRAME, Role.LAST_FRAME)}.get(mode, ())
    usual = {"prompt": "一只猫在草地上奔跑", "width": WIDTH, "height": HEIGHT, "model": "wan2.7-t2v"}
    return render_job(mode, *(given[role] for role in roles), **{**usual, **fields})


@pytest.mark.parametrize(("name", "mode", "pipeline", "frames", "fps"), MADE)
def test_a_second_is_made(
    studio: Studios, tmp_path: Path, name: str, mode: Mode, pipeline: str, frames: int, fps: int
) -> None:
    progress: list[int] = []
    wanted = asked(mode, tmp_path, last_frame=True)

    done = studio(name).render(wanted, tmp_path / "clip.mp4", progress.append)

    clip = decode(done.path)
    assert (len(clip.pictures), clip.fps, clip.sound) == (frames, fps, None)
    assert (clip.pictures[0].width, clip.pictures[0].height) == (WIDTH, HEIGHT)
    facts = json.loads(clip.metadata["description"])
    assert (facts["pipeline"], facts["seed"], facts["prompt"]) == (pipeline, wanted.seed, wanted.prompt)
    assert (done.notes["pipeline"], done.notes["frames"], done.notes["fps"]) == (pipeline, frames, fps)
    assert all(path is not None and path.exists() for path in (done.thumbnail, done.contact_sheet, done.last_frame))
    assert progress == sorted(progress)
    assert len(set(progress)) == 1 + STEPS
    assert not list(tmp_path.glob("*.part"))


def test_a_seed_gives_the_same_pictures_and_another_one_others(studio: Studios, tmp_path: Path) -> None:
    def painted(**fields: Any) -> Any:
        return studio("ltx")._painted(asked(Mode.TEXT, tmp_path, **fields), lambda _: None)

    first = painted(seed=1)

    assert np.array_equal(first, painted(seed=1))
    assert not np.array_equal(first, painted(seed=2))
    assert not np.array_equal(first, painted(seed=1, prompt="夜晚的港口"))
    assert not np.array_equal(first, painted(seed=1, negative_prompt="模糊"))


@pytest.mark.parametrize("name", ["wan-frames", "ltx-condition"])
def test_the_last_picture_counts(studio: Studios, tmp_path: Path, name: str) -> None:
    both = studio(name)._painted(asked(Mode.FRAMES, tmp_path), lambda _: None)
    first = studio(name)._painted(asked(Mode.IMAGE, tmp_path), lambda _: None)

    assert not np.allclose(both[-1], first[-1], atol=1e-4)


def test_weights_have_the_number_format_that_was_asked_for(models: Path, tmp_path: Path) -> None:
    from reelgate.diffusion.render import DiffusionRenderer

    half = DiffusionRenderer(
        settings_of(options(models / "wan-5b", dtype="bfloat16")), describe(str(models / "wan-5b"))
    )

    for mode in (Mode.TEXT, Mode.IMAGE):  # the second is another pipeline around the same weights
        half.render(asked(mode, tmp_path), tmp_path / "clip.mp4", lambda _: None)
        parts = half._painter._pipeline.components
        formats = {name: str(parts[name].dtype) for name in ("transformer", "text_encoder", "vae")}
        assert formats == {"transformer": "torch.bfloat16", "text_encoder": "torch.bfloat16", "vae": "torch.float32"}


def test_a_mark_is_drawn_and_what_has_no_effect_is_told(studio: Studios, tmp_path: Path) -> None:
    made = {
        mark: studio("hunyuan").render(
            asked(Mode.TEXT, tmp_path, watermark=mark, audio=True, negative_prompt="模糊"),
            tmp_path / f"{mark}.mp4",
            lambda _: None,
        )
        for mark in ("", "AI生成")
    }

    plain, marked = (decode(done.path).pictures[0] for done in made.values())
    assert difference(plain, marked) > 0.2
    told = " ".join(made[""].notes["not_done"])
    assert "sound" in told
    assert "negative prompt" in told


@pytest.mark.parametrize("part", ["vae", "transformer"])
def test_a_model_that_is_not_whole_fails_without_naming_its_folder(
    models: Path, tmp_path: Path, part: str, capfd: pytest.CaptureFixture[str]
) -> None:
    from reelgate.diffusion.render import DiffusionRenderer

    folder = tmp_path / "model"
    _copy(models / "wan", folder)
    for file in (folder / part).glob("*.safetensors"):
        file.unlink()
    broken = DiffusionRenderer(settings_of(options(folder)), describe(str(folder)))

    with pytest.raises(UnusableInput, match="could not be loaded") as raised:
        broken.render(asked(Mode.TEXT, tmp_path), tmp_path / "clip.mp4", lambda _: None)

    assert str(tmp_path) not in str(raised.value)
    assert str(folder) in capfd.readouterr().err
    assert not list(tmp_path.glob("clip*"))


def test_a_device_that_is_not_there_is_a_clear_failure(models: Path, tmp_path: Path) -> None:
    from reelgate.diffusion.render import DiffusionRenderer

    nowhere = DiffusionRenderer(settings_of(options(models / "ltx", device="cuda:77")), describe(str(models / "ltx")))

    with pytest.raises(UnusableInput, match="could not be loaded; the server's log says why"):
        nowhere.render(asked(Mode.TEXT, tmp_path), tmp_path / "clip.mp4", lambda _: None)


def test_a_model_at_the_hub_is_known_by_its_id(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reelgate.diffusion.render import DiffusionRenderer

    kept = tmp_path / "hub" / "models--somebody--tiny"  # as the hub's own client keeps what it has downloaded
    _copy(models / "ltx", kept / "snapshots" / ("0" * 40))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    family = describe("somebody/tiny")

    done = DiffusionRenderer(settings_of(options(Path("somebody/tiny"))), family).render(
        asked(Mode.TEXT, tmp_path), tmp_path / "clip.mp4", lambda _: None
    )

    assert done.notes["pipeline"] == "LTXPipeline"
    with pytest.raises(ValueError, match="model somebody/other: "):
        describe("somebody/other")


@pytest.mark.parametrize(("name", "modes"), MODES.items())
def test_what_a_model_can_make_is_read_from_its_folder(models: Path, name: str, modes: set[Mode]) -> None:
    assert set(describe(str(models / name)).makes) == modes


def test_published_models_are_told_apart() -> None:
    def family(name: str, transformer: dict[str, Any] | None = None, **index: Any) -> PipelineFamily:
        return family_of({"_class_name": name, **index}, transformer or {})

    image = {"image_dim": 1280}
    assert Mode.FRAMES not in family("WanImageToVideoPipeline", image).makes
    assert Mode.FRAMES in family("WanImageToVideoPipeline", {**image, "pos_embed_seq_len": 514}).makes
    assert Mode.FRAMES not in family("WanImageToVideoPipeline", expand_timesteps=True).makes
    assert family("WanPipeline").painted(1280, 720) == (1280, 720)
    assert family("WanPipeline").painted(1920, 1080) == (1920, 1088)
    assert family("WanPipeline", expand_timesteps=True).painted(1280, 720) == (1280, 736)
    assert family("WanPipeline").painted(1280, 720, short_side=480) == (864, 480)
    assert family("WanPipeline").frames_for(5) == 81
    assert family("LTXPipeline").frames_for(5) == 121
    assert family("HunyuanVideoPipeline").frames_for(5.2) == 125
    assert family("CogVideoXPipeline", {"patch_size_t": None}).frames_for(6) == 49
    assert family("CogVideoXPipeline", {"patch_size_t": 2}).frames_for(5) == 81
    learned = {"use_learned_positional_embeddings": True, "sample_width": 90, "sample_height": 60}
    assert family("CogVideoXImageToVideoPipeline", learned).painted(1280, 720) == (720, 480)
    with pytest.raises(ValueError, match="the pipeline is WanVACEPipeline; known: WanPipeline"):
        family("WanVACEPipeline")


def _copy(source: Path, target: Path) -> None:
    for file in source.rglob("*"):
        if file.is_file():
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())
