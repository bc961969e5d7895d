"""Plays the shots of a clip one after another, with a cut or a short dissolve between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2

from reelgate.animatic.language.shots import DISSOLVE_FRAMES, Shot
from reelgate.render.memory import give_back
from reelgate.render.planes import Planes
from reelgate.render.scene import Scene


class FilmScene:
    """The shots' scenes, each painted when its turn comes and only then: memory stays flat however many there are.

    What a dissolve still needs of the scene before is drawn ahead, half a second of pictures: a quarter of a scene.
    """

    def __init__(self, shots: Sequence[Shot], paint: Callable[[Shot], Scene], size: tuple[int, int]) -> None:
        self._shots = shots
        self._paint = paint
        self._size = size
        self._at = 0
        self._scene = paint(shots[0])
        self._leaving: list[Planes] = []

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index`; they come in order."""
        shot = self._shots[self._at]
        if index >= shot.first + shot.frames and self._at + 1 < len(self._shots):
            shot = self._turn(index - shot.first)
        into = index - shot.first
        self._scene.frame(into, out)
        if self._leaving:
            share = (into + 1) / (DISSOLVE_FRAMES + 1)
            before = self._leaving.pop(0)
            cv2.addWeighted(out.buffer, share, before.buffer, 1 - share, 0, dst=out.buffer)

    def _turn(self, end: int) -> Shot:
        """Go over to the next shot; the one before has drawn `end` frames."""
        self._at += 1
        shot = self._shots[self._at]
        for index in range(end, end + DISSOLVE_FRAMES) if shot.dissolve else ():
            picture = Planes.empty(*self._size)
            self._scene.frame(index, picture)
            self._leaving.append(picture)
        del self._scene
        give_back()
        self._scene = self._paint(shot)
        return shot
