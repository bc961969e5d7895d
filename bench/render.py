"""Render time against the bare encode: the same frames, already drawn, through the same encoder.

A whole job is painting, every frame, sound, encoding and the index; its frame loop is what lies between the first
frame and the last. Bare and whole take turns, each round with the next of five scenes, medians over the rounds.
Ratios are given by the clock and, after it, by computing time, which a busy machine moves less.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import msgspec
import numpy as np

from bench.worker import bench_worker
from reelgate.animatic.modes.morph import morph
from reelgate.animatic.modes.still import still
from reelgate.animatic.render import render
from reelgate.animatic.staging.scene_builder import build
from reelgate.animatic.worker import SWITCH_SECONDS
from reelgate.render.job import FPS, RenderInput, RenderJob
from reelgate.render.mux import Encoder
from reelgate.render.planes import Planes
from reelgate.render.scene import Scene
from reelgate.request import Facts, MediaKind, Mode, Role

SECONDS = 5
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
PROMPTS = {
    "lighthouse at dusk": "黄昏海边的灯塔,镜头缓慢推进,海浪轻拍礁石,海鸟叫声,电影级光影,稳定运镜",
    "horse in the mist": "A cinematic wide shot of a white horse running across a misty grassland at sunrise",
    "city by the sea": "电影感航拍镜头,日出时分掠过未来海滨城市,光线柔和,镜头缓慢推进。",
    "cat on grass": "一只猫在草地上奔跑",
    "neon rain": "A futuristic city street at night, neon signs, heavy rain, slow pan",
}
LOOK = "复古胶片"


class Spent(NamedTuple):
    """Seconds by the clock, and of computing in all threads."""

    wall: float
    cpu: float

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.wall - other.wall, self.cpu - other.cpu)


class Took(NamedTuple):
    """What one run took, and of that the part between its first frame and its last."""

    whole: Spent
    loop: Spent


def bench_render(rounds: int) -> None:
    """Print the table."""
    cv2.setNumThreads(1)  # as in a render process
    sys.setswitchinterval(SWITCH_SECONDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for tier, size in SIZES.items():
            scenes = [RenderJob(Mode.TEXT, prompt, *size, FPS * SECONDS, seed=42) for prompt in PROMPTS.values()]
            ends = [_ends(job, folder / f"{number}-{tier}") for number, job in enumerate(scenes)]
            for mode, jobs in (
                ("scene", scenes),
                ("still", [_with(job, Mode.IMAGE, first) for job, (first, _) in zip(scenes, ends, strict=True)]),
                ("morph", [_with(job, Mode.FRAMES, *both) for job, both in zip(scenes, ends, strict=True)]),
            ):
                _print(f"{mode}, {tier}", [_drawn(job, folder / "clip.mp4") for job in islice(cycle(jobs), rounds)])
            if tier == "720p":
                edits = [_edit(job, folder / f"{number}.mp4") for number, job in enumerate(scenes)]
                _print(f"grade, {tier}", [_regraded(job, folder / "clip.mp4") for job in islice(cycle(edits), rounds)])
    for tier, size in SIZES.items():
        prompts = sorted(PROMPTS.values(), key=PROMPTS["horse in the mist"].__ne__)  # that one first
        bench_worker(tier, [RenderJob(Mode.TEXT, prompt, *size, FPS * 15, seed=42) for prompt in prompts])


def _print(name: str, turns: list[tuple[Took, Took]]) -> None:
    loop, whole = (
        [statistics.median(ours[part][kind] / bare[part][kind] for bare, ours in turns) for kind in (0, 1)]
        for part in (1, 0)
    )
    seconds = [statistics.median(took[who].whole.wall for took in turns) for who in (0, 1)]
    print(
        f"render {name:13}  bare {seconds[0]:5.2f} s  whole job {seconds[1]:5.2f} s  ratio {whole[0]:.2f}"
        f", by cpu {whole[1]:.2f}  frame loop {loop[0]:.2f}, by cpu {loop[1]:.2f}",
        flush=True,
    )


def _drawn(job: RenderJob, out: Path) -> tuple[Took, Took]:
    """Return what the bare encode of a job's frames took, and what the job took."""
    scene = _scene(job)
    frames = [_frame(scene, index, job) for index in range(job.frames)]
    return _encoded(frames, job, out), _rendered(job, out)


def _regraded(job: RenderJob, out: Path) -> tuple[Took, Took]:
    """Return what it took to decode and encode a clip, and to do so with a grade between."""
    with av.open(str(job.inputs[0].path)) as clip:
        clip.streams.video[0].thread_count = 1
        pictures = (Planes.around(np.asarray(frame.to_ndarray(), np.uint8)) for frame in clip.decode(video=0))
        plain = _encoded(pictures, job, out)
    return plain, _rendered(job, out)


def _encoded(frames: Iterable[Planes], job: RenderJob, out: Path) -> Took:
    start = _now()
    with Encoder(out, job.width, job.height, None, {}) as encoder:
        for frame in frames:
            encoder.write(frame)
        loop = _now() - start
    return Took(_now() - start, loop)


def _rendered(job: RenderJob, out: Path) -> Took:
    moments = [_now()]
    render(job, out, lambda _: moments.append(_now()))  # when the scene is painted, and at last
    return Took(_now() - moments[0], moments[-1] - moments[1])


def _now() -> Spent:
    return Spent(time.perf_counter(), time.process_time())


def _scene(job: RenderJob) -> Scene:
    makers = {Mode.TEXT: build, Mode.IMAGE: still, Mode.FRAMES: morph}
    return makers[job.mode](job)[0]


def _frame(scene: Scene, index: int, job: RenderJob) -> Planes:
    picture = Planes.empty(job.width, job.height)
    scene.frame(index, picture)
    return picture


def _ends(job: RenderJob, stem: Path) -> tuple[RenderInput, RenderInput]:
    """Write a scene's first picture, and one of a second later, as photographs would be given."""
    scene = _scene(job)
    frames = [_frame(scene, index, job) for index in range(FPS + 1)]
    return _picture(frames[0], stem, Role.FIRST_FRAME), _picture(frames[-1], stem, Role.LAST_FRAME)


def _picture(planes: Planes, stem: Path, role: Role) -> RenderInput:
    path = stem.with_suffix(f".{role}.png")
    cv2.imwrite(str(path), planes.bgr())
    return RenderInput(MediaKind.IMAGE, role, path, Facts(MediaKind.IMAGE, "png", path.stat().st_size))


def _with(job: RenderJob, mode: Mode, *inputs: RenderInput) -> RenderJob:
    return msgspec.structs.replace(job, mode=mode, inputs=inputs)


def _edit(job: RenderJob, clip: Path) -> RenderJob:
    """Return the job that grades a clip, which is rendered here."""
    render(msgspec.structs.replace(job, audio=False), clip, lambda _: None)
    facts = Facts(MediaKind.VIDEO, "mp4", clip.stat().st_size, seconds=SECONDS, fps=FPS)
    source = RenderInput(MediaKind.VIDEO, Role.SOURCE, clip, facts)
    return msgspec.structs.replace(job, mode=Mode.EDIT, prompt=LOOK, inputs=(source,))
