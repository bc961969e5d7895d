"""From a job to a file: picks the scene and the sound, and has them filmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from msgspec.structs import replace

from reelgate.animatic.modes.edit import edit
from reelgate.animatic.modes.extend import extend
from reelgate.animatic.modes.morph import morph
from reelgate.animatic.modes.opening import opened
from reelgate.animatic.modes.still import still
from reelgate.animatic.sound.track import choose_sound
from reelgate.animatic.staging.scene_builder import build
from reelgate.render.film import Report, film, metadata_of
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.scene import Notes, Scene
from reelgate.request import Mode

COMMENT = "Animatic (drawn previsualisation, no AI) by"


def render(job: RenderJob, out: Path, report: Report) -> Rendered:
    """Render `job` into the MP4 `out`, whole or not at all.

    Raises UnusableInput when an input can't be drawn from.
    """
    scene, notes = _scene(job)
    heard: Notes = {}

    def sound(container: OutputContainer) -> Iterator[Packet[AudioStream]]:
        chosen = choose_sound(job, heard)
        return iter(()) if chosen is None else chosen(container)

    rendered = film(job, scene, out, report, metadata_of(job, "animatic", COMMENT), sound)
    return replace(rendered, notes=notes | heard)


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
