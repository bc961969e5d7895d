"""Renders the prompts of gallery_prompts.toml, small, to out/gallery: clips, stills, contact sheets and a page."""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from reelgate.animatic.render import render
from reelgate.render.job import FPS, RenderJob
from reelgate.render.planes import Bgr, Planes
from scripts.gallery_inputs import SECONDS, Entry, entries, inputs_of, scene_of

OUT = Path("out/gallery")
SIZES = {"16:9": (640, 360), "9:16": (360, 640), "1:1": (480, 480), "3:4": (408, 544)}
STILLS = (0.1, 0.5, 0.9)
PER_SHEET = 12
FEATURED = ("white-horse", "lighthouse", "rider-neon", "cat-piano", "market", "reef")
"""Shown moving in one picture, fit for docs/images/gallery.webp."""
MOVING = range(12, 84, 3)
"""The frames of that picture: three seconds at eight a second."""


def main(wanted: Sequence[str]) -> None:
    """Render the named prompts, or all; `--stills` leaves the clips out."""
    only = [name for name in wanted if name != "--stills"]
    chosen = {name: entry for name, entry in entries().items() if not only or name in only}
    OUT.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        draw = partial(_draw, clips="--stills" not in wanted)
        drawn = list(pool.map(draw, chosen, chosen.values()))
    for number in range(0, len(drawn), PER_SHEET):
        sheet = OUT / f"sheet-{number // PER_SHEET + 1}.png"
        cv2.imwrite(str(sheet), contact_sheet(drawn[number : number + PER_SHEET]))
        print(sheet)
    if set(FEATURED) <= chosen.keys():
        write_moving([chosen[name] for name in FEATURED], OUT / "featured.webp")
    (OUT / "index.html").write_text(page(chosen), "utf-8")
    print(OUT / "index.html")


def _draw(name: str, entry: Entry, *, clips: bool) -> Bgr:
    """Write one prompt's clip and its middle still; return its stills side by side."""
    width, height = SIZES[entry.size]
    job = RenderJob(
        mode=entry.mode, prompt=entry.prompt, negative_prompt=entry.negative, width=width, height=height,
        frames=SECONDS * FPS, seed=7, inputs=inputs_of(name, entry, OUT, (width, height)), model=name,
    )  # fmt: skip
    if clips:
        render(job, OUT / f"{name}.mp4", lambda _: None)
    stills = frames_of(job, [int(share * job.frames) for share in STILLS])
    cv2.imwrite(str(OUT / f"{name}.webp"), stills[1])
    row = [cv2.resize(still, (round(width * 240 / height), 240), interpolation=cv2.INTER_AREA) for still in stills]
    strip = np.hstack(row).astype(np.uint8)
    cv2.putText(strip, name, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return strip


def frames_of(job: RenderJob, wanted: Sequence[int]) -> list[Bgr]:
    """Return the frames of a job with these numbers, which rise."""
    scene = scene_of(job)
    picture, frames = Planes.empty(job.width, job.height), []
    for index in range(wanted[-1] + 1):
        scene.frame(index, picture)
        if index in wanted:
            frames.append(picture.bgr())
    return frames


def write_moving(shown: Sequence[Entry], path: Path) -> None:
    """Write a small picture that moves, of wide entries, three in a row."""
    films = [_film(entry) for entry in shown]
    moments = [
        np.vstack([np.hstack(moment[at : at + 3]) for at in range(0, len(moment), 3)])
        for moment in zip(*films, strict=True)
    ]
    first, *others = [Image.fromarray(np.ascontiguousarray(moment[:, :, ::-1])) for moment in moments]
    duration = 1000 * MOVING.step // FPS
    first.save(path, save_all=True, append_images=others, duration=duration, loop=0, quality=55, method=6)


def _film(entry: Entry) -> list[Bgr]:
    width, height = SIZES["16:9"]
    job = RenderJob(mode=entry.mode, prompt=entry.prompt, width=width, height=height, frames=SECONDS * FPS, seed=7)
    small = (cv2.resize(frame, (320, 180), interpolation=cv2.INTER_AREA) for frame in frames_of(job, MOVING))
    return [np.asarray(frame, np.uint8) for frame in small]


def contact_sheet(strips: Sequence[Bgr]) -> Bgr:
    """Return the strips in one column, as wide as the widest."""
    wide = max(strip.shape[1] for strip in strips)
    rows = [cv2.copyMakeBorder(s, 0, 4, 0, wide - s.shape[1], cv2.BORDER_CONSTANT, value=(24, 24, 24)) for s in strips]
    return np.vstack(rows).astype(np.uint8)


def page(chosen: dict[str, Entry]) -> str:
    """Return the page that shows every clip with its prompt."""
    figures = "\n".join(
        f'<figure><video src="{name}.mp4" poster="{name}.webp" controls loop muted preload="none"></video>'
        f"<figcaption><b>{name}</b> {html.escape(entry.prompt)}</figcaption></figure>"
        for name, entry in chosen.items()
    )
    return f"""<!doctype html>
<meta charset="utf-8">
<title>Reelgate: what the animatic engine draws</title>
<style>
  body {{ font: 15px/1.4 system-ui, sans-serif; margin: 2rem; background: #16181d; color: #e8e8ea; }}
  main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1.5rem; }}
  figure {{ margin: 0; }}
  video {{ width: 100%; max-height: 24rem; border-radius: 6px; background: #000; }}
</style>
<h1>What the animatic engine draws</h1>
<main>
{figures}
</main>
"""


if __name__ == "__main__":
    main(sys.argv[1:])
