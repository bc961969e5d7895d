"""Smooth distortions of a picture: where each pixel comes from is known at the nodes of a coarse grid.

Mixing fields at every pixel of every frame costs more than the sampling itself. At the nodes it costs next to
nothing, and enlarging the result is cheap.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.render.planes import Plane, Planes

Field = npt.NDArray[np.float32]
"""One number per pixel or node, shape (rows, columns)."""

Flow = npt.NDArray[np.float32]
"""Displacements (right, down) per pixel, shape (rows, columns, 2)."""

CELL = 4
"""Pixels from node to node."""


class Mesh:
    """Nodes over a picture of `width` x `height` pixels and one cell beyond each of its edges.

    `columns` and `rows` say where the nodes lie, in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._inner = -(-width // CELL), -(-height // CELL)
        shape = self._inner[1] + 2, self._inner[0] + 2
        rows, columns = np.indices(shape, np.float32) * CELL + np.float32((CELL - 1) / 2 - CELL)
        self.columns: Field = columns
        self.rows: Field = rows
        self._luma = _Sampler(shape, CELL)
        self._chroma = _Sampler(shape, CELL // 2)

    def over(self, field: Field) -> Field:
        """Return a field over the picture, of any size, at the nodes."""
        inner = cv2.resize(field, self._inner, interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.copyMakeBorder(inner, 1, 1, 1, 1, cv2.BORDER_REPLICATE), np.float32)

    def draw(self, source: Planes, x: Field, y: Field, out: Planes) -> None:
        """Fill `out` with the source's pixels at (x, y), given at the nodes, in luma pixels."""
        self._luma.draw(((source.y, out.y),), x, y)
        # A chroma sample lies in the middle of two by two luma samples.
        self._chroma.draw(
            ((source.u, out.u), (source.v, out.v)), *(np.asarray((at - 0.5) / 2, np.float32) for at in (x, y))
        )


class _Sampler:
    """The sampling maps of planes with a node every `cell` samples."""

    def __init__(self, nodes: tuple[int, int], cell: int) -> None:
        self._cell = cell
        self._x, self._y = (np.empty((nodes[0] * cell, nodes[1] * cell), np.float32) for _ in "xy")

    def draw(self, planes: tuple[tuple[Plane, Plane], ...], x: Field, y: Field) -> None:
        size = (self._x.shape[1], self._x.shape[0])
        for nodes, enlarged in ((x, self._x), (y, self._y)):
            cv2.resize(nodes, size, dst=enlarged, interpolation=cv2.INTER_LINEAR)
        for source, target in planes:
            part = np.s_[self._cell : self._cell + target.shape[0], self._cell : self._cell + target.shape[1]]
            cv2.remap(
                source, self._x[part], self._y[part], cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_REFLECT_101
            )
