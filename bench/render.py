"""Render time against the bare encode: the same frames, already drawn, through the same encoder.

Whole jobs: painting, every frame, sound, encoding, one process. Bare and whole take turns, medians over rounds.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reelgate.animatic.job import FPS, RenderJob
from reelgate.animatic.mux import Encoder
from reelgate.animatic.planes import Planes
from reelgate.animatic.render import render
from reelgate.animatic.stage import build
from reelgate.request import Mode

SECONDS = 5
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
PROMPTS = {
    "lighthouse at dusk": "黄昏海边的灯塔,镜头缓慢推进,海浪轻拍礁石,海鸟叫声,电影级光影,稳定运镜",
    "horse in the mist": "A cinematic wide shot of a white horse running across a misty grassland at sunrise",
    "city by the sea": "电影感航拍镜头,日出时分掠过未来海滨城市,光线柔和,镜头缓慢推进。",
    "cat on grass": "一只猫在草地上奔跑",
    "neon rain": "A futuristic city street at night, neon signs, heavy rain, slow pan",
}


def bench_render(rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        for tier, (width, height) in SIZES.items():
            for name, prompt in PROMPTS.items():
                job = RenderJob(Mode.TEXT, prompt, width, height, FPS * SECONDS, seed=42)
                _compare(f"{name}, {tier}", job, Path(folder) / "clip.mp4", rounds)


def _compare(name: str, job: RenderJob, out: Path, rounds: int) -> None:
    frames = _frames(job)
    bare, whole = [], []
    for _ in range(rounds):
        bare.append(_seconds(lambda: _encode(frames, job, out)))
        whole.append(_seconds(lambda: render(job, out, lambda _: None)))
    ratio = statistics.median(w / b for w, b in zip(whole, bare, strict=True))
    print(
        f"render {name:26}  bare encode {statistics.median(bare):5.2f} s   "
        f"whole job {statistics.median(whole):5.2f} s   ratio {ratio:.2f}",
        flush=True,
    )


def _frames(job: RenderJob) -> list[Planes]:
    scene, _ = build(job)
    frames = []
    for index in range(job.frames):
        frames.append(Planes.empty(job.width, job.height))
        scene.frame(index, frames[-1])
    return frames


def _encode(frames: list[Planes], job: RenderJob, out: Path) -> None:
    with Encoder(out, job.width, job.height, None, {}) as encoder:
        for frame in frames:
            encoder.write(frame)


def _seconds(work: Callable[[], None] | Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
