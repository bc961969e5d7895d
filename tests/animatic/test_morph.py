"""The motion between two pictures that have none: it is not found, and not sought for long."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.modes.morph import FLOW_SIDE, find_motion


def test_features_that_are_all_like_one_spot_are_no_zoom() -> None:
    rng = np.random.default_rng(117)
    noise = rng.integers(0, 255, (64, 96)).astype(np.uint8)
    card = np.array([[205, 42], [92, 222]], np.uint8).repeat(32, 0).repeat(48, 1)
    for _ in range(rng.integers(1, 5)):
        row, column = rng.integers(2, 62), rng.integers(2, 94)
        card[row : row + 2, column : column + 3] = rng.integers(0, 255)

    for motion in (find_motion(noise, card), find_motion(card, noise)):
        assert np.isfinite(motion.there).all()
        assert np.abs(motion.there).max() <= FLOW_SIDE
        assert motion.consistency < 0.5
