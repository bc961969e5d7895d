"""Where the camera is at each moment: sideways travel in pixels, zoom, and what it is centred on."""

from __future__ import annotations

import math

import msgspec


class View(msgspec.Struct, frozen=True):
    """`x`: travel to the right, in pixels at the subjects' depth; `zoom` from 1; the centre in shares of the frame."""

    x: float = 0.0
    zoom: float = 1.0
    centre_x: float = 0.5
    centre_y: float = 0.5


class Camera(msgspec.Struct, frozen=True):
    """A move over `seconds`, for a frame `width` pixels wide. `speed` scales how far it goes."""

    move: str
    speed: float
    seconds: float
    width: int
    focus: tuple[float, float] = (0.5, 0.5)
    tracking: float = 0.0
    """Pixels a second that the camera follows a moving subject with."""

    def at(self, t: float) -> View:
        """Return the view `t` seconds into the clip."""
        done = min(t / self.seconds, 1.0)
        eased = done * done * (3 - 2 * done)
        # Long clips go a little farther, not ten times as far.
        reach = self.speed * min(max(self.seconds / 5, 0.6), 2.0) ** 0.5
        x, zoom, cx, cy = _MOVES.get(self.move, _static)(eased, t, reach)
        fx, fy = self.focus
        pull = min((zoom - 1) * 3, 1.0)
        return View(
            x=self.tracking * t + x * self.width,
            zoom=zoom,
            centre_x=0.5 + (fx - 0.5) * pull * 0.5 + cx,
            centre_y=0.5 + (fy - 0.5) * pull * 0.5 + cy,
        )


def _push(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return 0.0, 1 + 0.16 * reach * s, 0.0, 0.0


def _pull(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return 0.0, 1 + 0.16 * reach * (1 - s), 0.0, 0.0


def _pan_right(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return 0.16 * reach * (s - 0.5), 1.0, 0.0, 0.0


def _pan_left(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return -0.16 * reach * (s - 0.5), 1.0, 0.0, 0.0


def _truck(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return 0.22 * reach * (s - 0.5), 1.02, 0.0, 0.0


def _tilt_up(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return _tilt(0.5 - s, reach)


def _tilt_down(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return _tilt(s - 0.5, reach)


def _tilt(up: float, reach: float) -> tuple[float, float, float, float]:
    far = min(max(reach, 0.4), 1.4)
    return 0.0, 1 + 0.18 * far, 0.0, 0.15 * far * up


def _crane(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    far = min(max(reach, 0.4), 1.4)
    return 0.03 * reach * s, 1.1 + 0.1 * far - 0.1 * s, 0.0, far * (0.07 - 0.12 * s)


def _orbit(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return 0.14 * reach * math.sin(math.pi * (s - 0.5)), 1 + 0.07 * math.sin(math.pi * s), 0.0, 0.0


def _aerial(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return 0.12 * reach * s, 1.04 + 0.14 * reach * s, 0.0, 0.02 - 0.04 * s


def _handheld(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    shake_x = math.sin(2.1 * t) + 0.5 * math.sin(5.3 * t + 1)
    shake_y = math.sin(1.7 * t + 2) + 0.5 * math.sin(4.7 * t)
    rough = min(max(reach, 0.5), 1.8)
    return 0.004 * shake_x * rough, 1 + 0.06 * rough, 0.006 * shake_x * rough, 0.006 * shake_y * rough


def _static(s: float, t: float, reach: float) -> tuple[float, float, float, float]:
    return 0.0, 1.0, 0.0, 0.0


_MOVES = {
    "push": _push, "pull": _pull, "pan_right": _pan_right, "pan_left": _pan_left, "truck": _truck, "orbit": _orbit,
    "tilt_up": _tilt_up, "tilt_down": _tilt_down, "crane": _crane, "aerial": _aerial, "handheld": _handheld,
}  # fmt: skip
