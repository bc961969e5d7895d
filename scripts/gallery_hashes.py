"""Prints a SHA-256 for each gallery prompt over all its frames, and for each place level and from above.

Run before and after a change that must not change pictures, and compare: `diff` names the pictures that differ.
"""

from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from reelgate.animatic.language.lexicon import lexicon
from reelgate.render.job import FPS, RenderJob
from reelgate.render.planes import Planes
from scripts.gallery_inputs import SECONDS, Entry, entries, inputs_of, scene_of

SIZES = {"16:9": (320, 180), "9:16": (180, 320), "1:1": (240, 240), "3:4": (204, 272)}
PLACE_SECONDS = 1
SEEN = {
    "": "{}", "-above": "aerial view of {}", "-crowd": "a crowd of people in {}", "-car": "a red car at {}, aerial",
    "-people": "three people and a dog at {} in winter",
}  # fmt: skip


def main() -> None:
    """Write one line for each picture: its name, its number of frames, their hash."""
    wanted: dict[str, tuple[Entry, int]] = {name: (entry, SECONDS) for name, entry in entries().items()}
    for place, facts in lexicon().places.items():
        for suffix, prompt in SEEN.items():
            wanted[f"place-{place}{suffix}"] = Entry(prompt=prompt.format(facts.words[0])), PLACE_SECONDS
    with TemporaryDirectory() as folder, ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for line in pool.map(partial(_line, Path(folder)), wanted, wanted.values()):
            print(line)
            sys.stdout.flush()


def _line(folder: Path, name: str, what: tuple[Entry, int]) -> str:
    entry, seconds = what
    width, height = SIZES[entry.size]
    job = RenderJob(
        mode=entry.mode, prompt=entry.prompt, negative_prompt=entry.negative, width=width, height=height,
        frames=seconds * FPS, seed=7, inputs=inputs_of(name, entry, folder, (width, height)), model=name,
    )  # fmt: skip
    scene, picture, digest = scene_of(job), Planes.empty(width, height), hashlib.sha256()
    for index in range(job.frames):
        scene.frame(index, picture)
        digest.update(picture.buffer.data)
    return f"{name} {job.frames} {digest.hexdigest()}"


if __name__ == "__main__":
    main()
