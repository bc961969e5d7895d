"""From a scene to a file: draws and encodes side by side, and keeps the stills."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import cv2

import reelgate
from reelgate.limits import PROGRESS_EVERY_FRAMES
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.mux import Encoder, Sound
from reelgate.render.planes import Planes
from reelgate.render.scene import EndOfScene, Scene, UnusableInput
from reelgate.render.stills import Stills
from reelgate.render.text import Label, TextMark
from reelgate.request import Role

BUFFERS = 3
"""Pictures under way: one being drawn, one being encoded, one between them."""

Report = Callable[[int], None]
"""Hears the number of frames encoded so far: 0 as soon as the scene is painted, then each of the first few, from the
thread that encodes."""


def film(
    job: RenderJob, scene: Scene, out: Path, report: Report, metadata: dict[str, str], sound: Sound | None = None
) -> Rendered:
    """Film `scene` as `job` into the MP4 `out`, whole or not at all; mark and label are drawn over it.

    `sound` is made while the pictures are encoded. The result has no notes. Raises UnusableInput when the scene ends
    before its first picture.
    """
    part = out.with_name(out.name + ".part")
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="second") as second:
            report(0)
            with Encoder(part, job.width, job.height, sound, metadata, job.codec) as encoder:
                stills = Stills(job.frames)
                last = _draw(job, scene, encoder, stills, second, report)
                thumbnail, sheet = out.with_suffix(".thumbnail.webp"), out.with_suffix(".sheet.webp")
                writing = second.submit(stills.write, thumbnail, sheet)  # while the encoder empties its queue
            writing.result()
        picture = write_png(last, out.with_suffix(".png")) if job.last_frame else None
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return Rendered(path=out, frames=encoder.frames, thumbnail=thumbnail, contact_sheet=sheet, last_frame=picture)


def metadata_of(job: RenderJob, tool: str, comment: str, **facts: str) -> dict[str, str]:
    """Return a file's metadata, for people and, as JSON in the description, for programs."""
    said = {
        "tool": f"reelgate {tool}",
        "version": reelgate.__version__,
        **facts,
        "model": job.model,
        "mode": job.mode,
        "seed": job.seed,
        "prompt": job.prompt,
        "negative_prompt": job.negative_prompt,
    }
    return {
        "title": job.prompt,
        "comment": f"{comment} Reelgate {reelgate.__version__}",
        "description": json.dumps(said, ensure_ascii=False),
    }


def write_png(picture: Planes, path: Path) -> Path:
    """Write a picture as a PNG; return the path."""
    _, data = cv2.imencode(".png", picture.bgr())
    path.write_bytes(data.tobytes())
    return path


def _draw(
    job: RenderJob, scene: Scene, encoder: Encoder, stills: Stills, encoding: ThreadPoolExecutor, report: Report
) -> Planes:
    """Draw on this thread while another encodes; return the last picture."""
    mark, label = TextMark(job.watermark, job.width, job.height), Label(job.label, job.width, job.height)
    given = _given_frames(job)
    buffers = [Planes.empty(job.width, job.height) for _ in range(BUFFERS)]
    encoded: list[Future[None] | None] = [None] * BUFFERS
    last: Planes | None = None
    try:
        for index in range(job.frames):
            slot = index % BUFFERS
            _wait(encoded[slot])
            try:
                scene.frame(index, buffers[slot])
            except EndOfScene:
                break
            mark.draw(buffers[slot])
            if index not in given:
                label.draw(buffers[slot])
            last = buffers[slot]
            stills.see(index, last)
            encoded[slot] = encoding.submit(_encode, encoder, last, report)
        for future in encoded:
            _wait(future)
    finally:  # on an error, too, nothing is encoded any more when this returns
        begun = [future for future in encoded if future is not None and not future.cancel()]
        wait(begun)
    if last is None:
        raise UnusableInput("the clip holds no picture that can be decoded")
    report(encoder.frames)
    return last


def _encode(encoder: Encoder, picture: Planes, report: Report) -> None:
    encoder.write(picture)
    if encoder.frames <= PROGRESS_EVERY_FRAMES or encoder.frames % PROGRESS_EVERY_FRAMES == 0:  # the first at once
        report(encoder.frames)


def _given_frames(job: RenderJob) -> set[int]:
    """Return the frames that must equal a given picture, point for point: no label is drawn over them."""
    places = {Role.FIRST_FRAME: 0, Role.LAST_FRAME: job.frames - 1}
    return {places[item.role] for item in job.inputs if item.role in places}


def _wait(future: Future[None] | None) -> None:
    """Let the encoder's error out here."""
    if future is not None:
        future.result()
