"""Builds the scene of a prompt: the place, its weather, its subjects and references, seen by a moving camera."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from reelgate.animatic.drawing import particles
from reelgate.animatic.drawing.compose import Compositor
from reelgate.animatic.drawing.particles import Effect
from reelgate.animatic.drawing.sheets import Loupe
from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.shots import Shot, Shots, shots_of
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.modes.film import FilmScene
from reelgate.animatic.modes.references import ShownReference, stage_references
from reelgate.animatic.places import background_life
from reelgate.animatic.places.above.view import seen_from_above
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.land import mist
from reelgate.animatic.places.places import PLACES
from reelgate.animatic.places.sky_spectacles import SPECTACLES
from reelgate.animatic.staging.camera import Camera
from reelgate.animatic.staging.casting import beats_of, cast
from reelgate.animatic.staging.placement import fixed_mark, laid_flat
from reelgate.animatic.staging.role_assignment import is_portrait, later, on_foot, undrawn_of
from reelgate.animatic.styles.post_effects import EffectContext
from reelgate.animatic.styles.styles import STYLES
from reelgate.animatic.subjects.shapes import is_card, is_shape
from reelgate.render.job import FPS, RenderJob
from reelgate.render.planes import Planes
from reelgate.render.scene import Notes, Scene

_UNZOOMED = 1.0005
_SHALLOW = 0.0042
"""How much what is behind a face is out of focus."""


_CORNERS = 0.3
"""How much darker the corners are without a style."""


class Stage:
    """A painted place seen by a camera."""

    def __init__(
        self, size: tuple[int, int], compositor: Compositor, camera: Camera, effects: Sequence[Effect]
    ) -> None:
        self._loupe = Loupe(*size)
        self._compositor = compositor
        self._camera = camera
        self._effects = effects

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index` over the whole of `out`."""
        t = index / FPS
        view = self._camera.at(t)
        if view.zoom < _UNZOOMED:
            self._compositor.draw(out, view, t)
        else:
            self._compositor.draw(self._loupe.stage, view, t)
            self._loupe.enlarge(out, view)
        for effect in self._effects:
            effect.draw(out, t)


def build(job: RenderJob) -> tuple[Scene, Notes]:
    """Paint the scene of a job. The notes are the storyboard as data, of each shot where there are several.

    Raises UnusableInput when a reference can't be shown.
    """
    script = shots_of(job)
    shown: list[ShownReference] = []

    def painted(shot: Shot) -> Scene:
        stage, shown[:] = paint(job, shot.board)
        return stage

    film = FilmScene(script.shots, painted, (job.width, job.height))
    notes = described(script)
    if shown:
        notes["references"] = msgspec.to_builtins(shown)
    return film, notes


def described(script: Shots) -> Notes:
    """Return what was understood as plain JSON values: the one shot's storyboard, or when each of several begins."""
    boards = [_described(shot.board) for shot in script.shots]
    if len(boards) == 1 and not script.unshown:
        return boards[0]
    timed = [
        {"starts": round(shot.first / FPS, 3), "transition": "dissolve" if shot.dissolve else "cut", **board}
        for shot, board in zip(script.shots, boards, strict=True)
    ]
    return {"shots": timed, **({"unshown": list(script.unshown)} if script.unshown else {})}


def _described(board: Storyboard) -> Notes:
    told: Notes = {**msgspec.to_builtins(board), "beats": msgspec.to_builtins(beats_of(board))}
    told["subjects"] = [_named(subject) for subject in told["subjects"]]
    told["subjects"] += [
        {**_named(msgspec.to_builtins(who)), "action": later(who), "starts": round(board.seconds / 2, 3)}
        for who in board.subjects
        if later(who)
    ]
    nouns = {subject.kind: is_card(subject.kind) for subject in board.subjects if is_shape(subject.kind)}
    found = {
        "undrawn": undrawn_of(board),
        "shapes": [kind for kind, card in nouns.items() if not card],
        "placeholders": [kind for kind, card in nouns.items() if card],
    }
    return told | {name: values for name, values in found.items() if values}


def _named(subject: Notes) -> Notes:
    """Return a subject as plain values; what is only a card with its name says so."""
    return {**subject, "kind": "placeholder", "name": subject["kind"]} if is_card(subject["kind"]) else subject


def paint(job: RenderJob, board: Storyboard) -> tuple[Stage, list[ShownReference]]:
    """Paint one shot of a job. Raises UnusableInput when a reference can't be shown."""
    board = on_foot(board)
    backdrop = Backdrop(board, job.width, job.height)
    backdrop.soft = _SHALLOW * backdrop.unit if is_portrait(board) else 0.0
    if backdrop.above:
        seen_from_above(backdrop, flat=laid_flat(board))
    else:
        PLACES[board.place](backdrop)
    tracking = cast(backdrop, follow=board.camera.move != "static")
    _life(backdrop)
    _weather(backdrop)
    camera = _camera(backdrop, tracking)
    shown = stage_references(backdrop, camera, job.inputs, job.prompt)
    effects = [*backdrop.effects, *_redrawn(backdrop), _surface(backdrop)]  # while the last layers are being made
    compositor = Compositor(backdrop.layers(), backdrop.actors)
    return Stage((job.width, job.height), compositor, camera, effects), shown


def _life(b: Backdrop) -> None:
    """Add what the words bring with them: a crowd that is heard passes by, a fire gives light in the dark."""
    board = b.board
    kinds = {subject.kind for subject in board.subjects}
    traits = lexicon().places[board.place].traits
    crowded = "crowd" in board.sounds and "crowded" in traits
    if crowded and not b.above and not ("platform" in traits and "train" in kinds):
        background_life.passers(b)
    if "campfire" in kinds and (b.palette.lamps or board.time == "dusk"):
        fire = fixed_mark(b, Subject("campfire"), 0.0)
        background_life.firelight(b, fire.x, fire.y)


def _camera(b: Backdrop, tracking: float) -> Camera:
    move = b.board.camera
    focus = (b.landmark[0] / b.width, 0.45) if b.landmark and b.board.subjects else (0.5, 0.55)
    return Camera(move.move, move.speed, b.board.seconds, b.width, focus, tracking)


def _redrawn(b: Backdrop) -> list[Effect]:
    """Return the function that redraws the finished frame in a style that does not change its parts: oil, pencil,
    pixels."""
    canvas = EffectContext(b.width, b.height, b.board.seconds, 1.0, b.rng("redrawn"))
    styles = [STYLES[style] for style in b.board.styles]
    return [effect for style in styles if style.redraws and not style.paint for effect in style.redraws(canvas)]


def _surface(b: Backdrop) -> Effect:
    """Return what lies over the whole picture: the corners' fall-off, or the paper that it is painted on."""
    styles = [STYLES[style] for style in b.board.styles]
    if any(style.on_paper for style in styles):
        return particles.Paper(b.rng("paper"), b.width, b.height)
    return particles.Vignette(b.width, b.height, max((style.corners for style in styles), default=_CORNERS))


def _weather(b: Backdrop) -> None:
    board: Storyboard = b.board
    place = lexicon().places[board.place]
    if place.airless and "starry" not in place.traits:
        return
    for spectacle in board.spectacles:
        SPECTACLES[spectacle](b)
    if place.airless:
        return
    size = (b.width, b.height)
    if board.weather in ("rain", "storm"):
        b.effects += particles.rain(b.rng("rain"), *size, heavy=board.weather == "storm")
    if board.weather == "storm":
        b.effects.append(particles.Lightning(b.rng("lightning"), board.seconds))
    if board.weather == "snow":
        b.effects += particles.snow(b.rng("snow"), *size)
    if (board.weather == "mist" or "eerie" in board.styles) and "misty" not in place.traits:
        mist(b, (b.horizon, b.horizon + 0.12 * b.unit), 0.7)
