from __future__ import annotations

import numpy as np
import pytest

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.styles.paint_styles import Brushed, Pixels
from reelgate.animatic.styles.styles import treated

STYLES = ("cartoon", "paper", "watercolour", "neon", "noir", "cinematic")


def hills(*, wrap: bool = True) -> Pixels:
    canvas = Canvas(256, 128, wrap=wrap)
    canvas.rect(0, 60, 256, 68, (60, 140, 90))
    canvas.ellipse(250, 60, 30, 20, (60, 140, 90))
    return canvas.pixels


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("z", [0.8, 1.0, 4.0, float("inf")])
def test_a_treated_sheet_is_premultiplied_and_leaves_its_source_alone(style: str, z: float) -> None:
    before = hills()
    kept = before.copy()
    after = treated(before, (style,), Brushed(128, z, wrap=True))
    assert np.array_equal(before, kept)
    assert after.shape == before.shape
    assert (after[..., :3] <= after[..., 3:]).all()
    assert np.array_equal(after, treated(before, (style,), Brushed(128, z, wrap=True)))
    if z in (1.0, 4.0):
        assert not np.array_equal(after, before)


@pytest.mark.parametrize("style", STYLES)
def test_what_is_opaque_stays_opaque(style: str) -> None:
    after = treated(hills(), (style,), Brushed(128, 1.0, wrap=True))
    assert (after[70:, :, 3] == 255).all()


@pytest.mark.parametrize("style", STYLES)
def test_there_is_no_seam_where_a_layer_repeats(style: str) -> None:
    after = treated(hills(), (style,), Brushed(128, 1.0, wrap=True)).astype(int)
    steps = np.abs(np.diff(np.concatenate([after, after[:, :1]], 1), axis=1))[:, :, :3].mean((0, 2))
    assert steps[-1] <= steps[:-1].max() + 0.5


def test_styles_without_a_treatment_cost_nothing() -> None:
    pixels = hills()
    assert treated(pixels, ("warm", "future"), Brushed(128, 1.0, wrap=True)) is pixels
