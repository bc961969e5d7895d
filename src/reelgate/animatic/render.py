"""From a job to a file: picks the scene and the sound, then draws and encodes side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import cv2
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

import reelgate
from reelgate.animatic.modes.edit import edit
from reelgate.animatic.modes.extend import extend
from reelgate.animatic.modes.morph import morph
from reelgate.animatic.modes.opening import opened
from reelgate.animatic.modes.still import still
from reelgate.animatic.sound.track import choose_sound
from reelgate.animatic.staging.scene_builder import build
from reelgate.limits import PROGRESS_EVERY_FRAMES
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.mux import Encoder
from reelgate.render.planes import Planes
from reelgate.render.scene import EndOfScene, Notes, Scene, UnusableInput
from reelgate.render.stills import Stills
from reelgate.render.text import Label, Mark
from reelgate.request import Mode, Role

BUFFERS = 3
"""Pictures under way: one being drawn, one being encoded, one between them."""


def render(job: RenderJob, out: Path, report: Callable[[int], None]) -> Rendered:
    """Render `job` into the MP4 `out`, whole or not at all; `report` hears the number of frames encoded so far:
    0 as soon as the scene is painted, then each of the first few, from the thread that encodes.

    Raises UnusableInput when an input can't be drawn from.
    """
    part = out.with_name(out.name + ".part")
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="second") as second:
            scene, notes = _scene(job)
            report(0)
            heard: Notes = {}
            with _encoder(job, part, heard) as encoder:
                stills = Stills(job.frames)
                last = _draw(job, scene, encoder, stills, second, report)
                thumbnail, sheet = out.with_suffix(".thumbnail.webp"), out.with_suffix(".sheet.webp")
                writing = second.submit(stills.write, thumbnail, sheet)  # while the encoder empties its queue
            writing.result()
        picture = _write_picture(last, out.with_suffix(".png")) if job.last_frame else None
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return Rendered(
        path=out,
        frames=encoder.frames,
        thumbnail=thumbnail,
        contact_sheet=sheet,
        last_frame=picture,
        notes=notes | heard,
    )


def _scene(job: RenderJob) -> tuple[Scene, Notes]:
    match job.mode:
        case Mode.IMAGE:
            return still(job)
        case Mode.FRAMES:
            return morph(job)
        case Mode.EDIT:
            return edit(job)
        case Mode.EXTEND:
            return extend(job)
        case Mode.TEXT | Mode.REFERENCE:
            return opened(job, *build(job))


def _encoder(job: RenderJob, part: Path, notes: Notes) -> Encoder:
    """Return the encoder, which has the clip's sound made while it is at work."""

    def sound(container: OutputContainer) -> Iterator[Packet[AudioStream]]:
        chosen = choose_sound(job, notes)
        return iter(()) if chosen is None else chosen(container)

    return Encoder(part, job.width, job.height, sound, _metadata(job), job.codec)


def _draw(
    job: RenderJob,
    scene: Scene,
    encoder: Encoder,
    stills: Stills,
    encoding: ThreadPoolExecutor,
    report: Callable[[int], None],
) -> Planes:
    """Draw on this thread while another encodes; return the last picture."""
    mark, label = Mark(job.watermark, job.width, job.height), Label(job.label, job.width, job.height)
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


def _encode(encoder: Encoder, picture: Planes, report: Callable[[int], None]) -> None:
    encoder.write(picture)
    if encoder.frames <= PROGRESS_EVERY_FRAMES or encoder.frames % PROGRESS_EVERY_FRAMES == 0:  # the first at once
        report(encoder.frames)


def _given_frames(job: RenderJob) -> set[int]:
    """Return the frames that are to be a given picture, point for point: no label is drawn over them."""
    places = {Role.FIRST_FRAME: 0, Role.LAST_FRAME: job.frames - 1}
    return {places[item.role] for item in job.inputs if item.role in places}


def _wait(future: Future[None] | None) -> None:
    """Let the encoder's error out here."""
    if future is not None:
        future.result()


def _write_picture(picture: Planes, path: Path) -> Path:
    _, data = cv2.imencode(".png", picture.bgr())
    path.write_bytes(data.tobytes())
    return path


def _metadata(job: RenderJob) -> dict[str, str]:
    """Return what the file says of itself, for people and, as JSON in the description, for programs."""
    facts = {
        "tool": "reelgate animatic",
        "version": reelgate.__version__,
        "model": job.model,
        "mode": job.mode,
        "seed": job.seed,
        "prompt": job.prompt,
        "negative_prompt": job.negative_prompt,
    }
    return {
        "title": job.prompt,
        "comment": f"Animatic (drawn previsualisation, no AI) by Reelgate {reelgate.__version__}",
        "description": json.dumps(facts, ensure_ascii=False),
    }
