"""The films that simulated vendors deliver: small, real MP4s, made once for each shape."""

from __future__ import annotations

import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

from reelgate.testing.samples import clip, picture
from reelgate.testing.simulator.deliveries import made
from reelgate.testing.simulator.faults import Fault
from reelgate.testing.simulator.jobs import Shot

AREA = 256 * 144  # pixels: a film of any length is made in a fraction of a second
KEPT = 128


class FilmShelf:
    """Films and stills by shape; the one used longest ago makes room. Safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Shot, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def kept(self, shot: Shot, suffix: str) -> bytes | None:
        """Return the file if it is there already."""
        with self._lock:
            content = self._kept.get((shot, suffix))
            if content is not None:
                self._kept.move_to_end((shot, suffix))
            return content

    def made(self, shot: Shot, suffix: str) -> bytes:
        """Return the film (`mp4`), a still of it (`png`, `jpeg`, `webp`), or what a fault delivers.

        Blocks while it is made.
        """
        content = self.kept(shot, suffix)
        if content is None:
            content = _make(shot, suffix)
            with self._lock:
                self._kept[shot, suffix] = content
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return content


def _make(shot: Shot, suffix: str) -> bytes:
    width, height = _size(shot.ratio)
    if suffix in set(Fault):
        return made(Fault(suffix), shot, (width, height))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"film.{suffix}")
        if suffix == "mp4":
            clip(path, width, height, shot.seconds, audio=shot.audio)
        else:
            picture(path, width, height, suffix)
        return path.read_bytes()


def _size(ratio: str) -> tuple[int, int]:
    """Return even sides of about `AREA` in the ratio `W:H`."""
    wide, high = (int(part) for part in ratio.split(":"))
    scale = (AREA / (wide * high)) ** 0.5
    return 2 * round(wide * scale / 2), 2 * round(high * scale / 2)
