"""The gallery's prompts, and the inputs that some of them come with, which the engine draws too."""

from __future__ import annotations

import tomllib
from pathlib import Path

import cv2
import msgspec
import numpy as np

from reelgate.animatic.drawing.palette import TIMES
from reelgate.animatic.modes.edit import edit
from reelgate.animatic.modes.morph import morph
from reelgate.animatic.modes.still import still
from reelgate.animatic.render import render
from reelgate.animatic.staging.scene_builder import build
from reelgate.animatic.subjects import FIGURES
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.render.job import FPS, RenderInput, RenderJob
from reelgate.render.planes import Bgr, Planes
from reelgate.render.scene import Scene
from reelgate.request import Facts, MediaKind, Mode, Role

PROMPTS = Path(__file__).with_name("gallery_prompts.toml")
SECONDS = 4
_CUT = "cut:"
_CLIP = "clip:"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One prompt of the gallery; `inputs` are described at the head of the file."""

    prompt: str
    negative: str = ""
    size: str = "16:9"
    mode: Mode = Mode.TEXT
    inputs: tuple[str, ...] = ()
    group: str = ""
    """The part of the file that it is in."""


def entries() -> dict[str, Entry]:
    """Return every prompt under its name, in the file's order."""
    groups = msgspec.convert(tomllib.loads(PROMPTS.read_text("utf-8")), dict[str, dict[str, Entry]])
    return {
        name: msgspec.structs.replace(entry, group=group)
        for group, rows in groups.items()
        for name, entry in rows.items()
    }


def scene_of(job: RenderJob) -> Scene:
    """Return the scene of a job, not yet encoded."""
    scene, _ = {Mode.IMAGE: still, Mode.FRAMES: morph, Mode.EDIT: edit}.get(job.mode, build)(job)
    return scene


def inputs_of(name: str, entry: Entry, folder: Path, size: tuple[int, int]) -> tuple[RenderInput, ...]:
    """Draw an entry's inputs into a folder."""
    roles = {
        Mode.IMAGE: [Role.FIRST_FRAME], Mode.FRAMES: [Role.FIRST_FRAME, Role.LAST_FRAME],
        Mode.EDIT: [Role.SOURCE], Mode.REFERENCE: [Role.REFERENCE] * 9,
    }.get(entry.mode, [])  # fmt: skip
    return tuple(
        _clip(folder / f"{name}-in-{number}.mp4", said.removeprefix(_CLIP), size)
        if said.startswith(_CLIP)
        else _picture(folder / f"{name}-in-{number}.png", said, size, role)
        for number, (said, role) in enumerate(zip(entry.inputs, roles, strict=False), 1)
    )


def _job(prompt: str, size: tuple[int, int]) -> RenderJob:
    return RenderJob(
        mode=Mode.TEXT, prompt=prompt, width=size[0], height=size[1], frames=SECONDS * FPS, seed=7, audio=False
    )


def _picture(path: Path, said: str, size: tuple[int, int], role: Role) -> RenderInput:
    image = _cut_out(said.removeprefix(_CUT)) if said.startswith(_CUT) else _middle(_job(said, size))
    cv2.imwrite(str(path), image)
    facts = Facts(MediaKind.IMAGE, "png", path.stat().st_size, width=image.shape[1], height=image.shape[0])
    return RenderInput(kind=MediaKind.IMAGE, role=role, path=path, facts=facts)


def _clip(path: Path, prompt: str, size: tuple[int, int]) -> RenderInput:
    made = render(_job(prompt, size), path, lambda _: None)
    facts = Facts(
        MediaKind.VIDEO, "mp4", path.stat().st_size, width=size[0], height=size[1], seconds=float(SECONDS),
        fps=float(FPS), frames=made.frames,
    )  # fmt: skip
    return RenderInput(kind=MediaKind.VIDEO, role=Role.SOURCE, path=path, facts=facts)


def _middle(job: RenderJob) -> Bgr:
    scene, picture = scene_of(job), Planes.empty(job.width, job.height)
    scene.frame(job.frames // 2, picture)
    return picture.bgr()


def _cut_out(kind: str) -> Bgr:
    """Return a subject on white, as photographs of products are."""
    figure, light = FIGURES[kind], TIMES["day"]
    pen = Pen(figure.box, 480)
    figure.draw(pen, Pose(0.1, "stand", figure.colour, light))
    drawn = pen.finished(light, from_left=True, rim=figure.rim)
    painted = cv2.boundingRect(cv2.extractChannel(drawn, 3))
    x, y, wide, tall = painted
    part = drawn[y : y + tall, x : x + wide].astype(np.float32)
    paper = part[..., :3] + (255 - part[..., 3:])
    return np.asarray(cv2.copyMakeBorder(paper, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(255, 255, 255)), np.uint8)
