"""Plays the shots of a clip one after another, with a cut or a short dissolve between them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

import cv2

from reelgate.animatic.planes import Planes
from reelgate.animatic.scene import Scene
from reelgate.animatic.shots import DISSOLVE_FRAMES, Shot


class Film:
    """The shots' scenes, each painted when its turn comes, so that memory stays flat: two only during a dissolve."""

    def __init__(self, shots: Sequence[Shot], paint: Callable[[Shot], Scene], size: tuple[int, int]) -> None:
        self._shots = shots
        self._paint = paint
        self._size = size
        self._at = 0
        self._scene = paint(shots[0])
        self._leaving: Scene | None = None
        self._other: Planes | None = None

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index`; they come in order."""
        shot = self._shots[self._at]
        if index >= shot.first + shot.frames and self._at + 1 < len(self._shots):
            shot = self._turn()
        into = index - shot.first
        self._scene.frame(into, out)
        if self._leaving is None:
            return
        if into >= DISSOLVE_FRAMES:
            self._leaving = self._other = None
            gc.collect()
            return
        other = self._other = self._other or Planes.empty(*self._size)
        self._leaving.frame(index - self._shots[self._at - 1].first, other)
        share = (into + 1) / (DISSOLVE_FRAMES + 1)
        cv2.addWeighted(out.buffer, share, other.buffer, 1 - share, 0, dst=out.buffer)

    def _turn(self) -> Shot:
        self._at += 1
        shot = self._shots[self._at]
        self._leaving = self._scene if shot.dissolve else None
        del self._scene
        gc.collect()  # a painted scene refers to itself, and its pictures are large
        self._scene = self._paint(shot)
        return shot
