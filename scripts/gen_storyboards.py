"""Writes docs/storyboards.md: what the engine reads in each prompt of the gallery; `--check` fails when it is stale.

`--pictures` also redraws the small frames beside it, which takes a minute.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.shots import Shot, shots_of
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.render.job import FPS, RenderJob
from reelgate.render.planes import Planes
from reelgate.request import Mode
from scripts.gallery_inputs import SECONDS, Entry, entries, inputs_of, scene_of

PAGE = Path(__file__).parent.parent / "docs/storyboards.md"
PICTURES = PAGE.with_name("images") / "storyboards"
NOTE = (
    "<!-- Written by scripts/gen_storyboards.py: change the engine or gallery_prompts.toml, then run `make docs`. -->"
)
SIZES = {"16:9": (480, 270), "9:16": (202, 360), "1:1": (270, 270), "3:4": (270, 360)}
WIDE, TALL = 200, 112
"""The box that a small frame fits, in pixels."""

DRAWN = frozenset({Mode.TEXT, Mode.REFERENCE})
"""Modes whose scene comes from the words; elsewhere they only steer what is given."""

_GIVEN = {
    Mode.IMAGE: "the picture that was given",
    Mode.FRAMES: "from the first picture to the last",
    Mode.EDIT: "the clip that was given",
}


def page() -> Iterator[str]:
    """Yield the page's lines."""
    chosen = entries()
    yield "# Seventy prompts and their storyboards"
    yield ""
    yield "For each prompt, what the built-in engine understands, and the middle frame of its video of four seconds"
    yield 'with seed 7. `reelgate storyboard "…"` prints the same for any other prompt, and a task\'s result has it as'
    yield "data. If a prompt has several shots, each has a line. [The engine](animatic.md) describes what can be drawn."
    for title, wanted in (
        ("From the documents of vendors and resellers", "seeds"),
        ("English", "english"),
        ("中文", "chinese"),
    ):
        yield from ("", f"## {title}", "", "| frame | prompt | storyboard |", "| --- | --- | --- |")
        for name, entry in chosen.items():
            if entry.group == wanted:
                yield f"| ![{name}](images/storyboards/{name}.webp) | {_prompt(entry)} | {_told(entry)} |"


def _prompt(entry: Entry) -> str:
    given = [said.replace("cut:", "cut out: ").replace("clip:", "a clip: ") for said in entry.inputs]
    lines = [entry.prompt.replace("|", "\\|")]
    lines += [f"*without: {entry.negative}*"] if entry.negative else []
    lines += [f"*{entry.mode}, given {'; '.join(given)}*"] if given else []
    return "<br>".join(lines)


def _told(entry: Entry) -> str:
    if entry.mode not in DRAWN:
        return _GIVEN[entry.mode]
    shots = shots_of(_job(entry)).shots
    return "<br>".join(_shot(shot, several=len(shots) > 1) for shot in shots)


def _shot(shot: Shot, *, several: bool) -> str:
    board = shot.board
    when = f"{shot.first / FPS:.1f} s{' dissolve' if shot.dissolve else ''}: " if several else ""
    who = ", ".join(map(_subject, board.subjects)) or "nobody"
    return f"{when}{who} · {' · '.join(_around(board))}"


def _around(board: Storyboard) -> Iterator[str]:
    yield board.place + "".join(f", {place} behind" for place in board.behind)
    yield board.time
    yield from (said for said, usual in ((board.weather, "clear"), (board.season, "summer")) if said != usual)
    yield from board.spectacles
    yield from board.styles
    pace = board.camera.speed
    yield f"{'slow ' if pace < 1 else 'fast ' if pace > 1 else ''}{board.camera.move.replace('_', ' ')}"
    if board.view:
        yield f"seen from {board.view}"
    if board.framing != "medium":
        yield f"{board.framing} framing"
    if board.without:
        yield f"no {', '.join(board.without)}"


def _subject(subject: Subject) -> str:
    words = [str(subject.count) if subject.count > 1 else "", subject.colour, subject.kind]
    does = "" if subject.action == "stand" else f" ({subject.action})"
    return " ".join(filter(None, words)) + does


def _job(entry: Entry) -> RenderJob:
    width, height = SIZES[entry.size]
    return RenderJob(
        mode=entry.mode, prompt=entry.prompt, negative_prompt=entry.negative, width=width, height=height,
        frames=SECONDS * FPS, seed=7,
    )  # fmt: skip


def draw(name: str, entry: Entry) -> None:
    """Write the small frame of one prompt."""
    width, height = SIZES[entry.size]
    with TemporaryDirectory() as folder:
        job = RenderJob(
            mode=entry.mode, prompt=entry.prompt, negative_prompt=entry.negative, width=width, height=height,
            frames=SECONDS * FPS, seed=7, inputs=inputs_of(name, entry, Path(folder), (width, height)),
        )  # fmt: skip
        scene, picture = scene_of(job), Planes.empty(width, height)
        for index in range(job.frames // 2 + 1):  # an edit is decoded in order
            scene.frame(index, picture)
    scale = min(WIDE / width, TALL / height)
    small = cv2.resize(picture.bgr(), (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(PICTURES / f"{name}.webp"), small, [cv2.IMWRITE_WEBP_QUALITY, 80])


def main(arguments: Sequence[str]) -> int:
    """Write or check."""
    text = f"{NOTE}\n\n" + "\n".join(page()) + "\n"
    if "--check" in arguments:
        fresh = PAGE.exists() and PAGE.read_text("utf-8") == text
        drawn = {path.stem for path in PICTURES.glob("*.webp")} == set(entries())
        if not fresh or not drawn:
            print("docs/storyboards.md differs from the code; run `python -m scripts.gen_storyboards --pictures`")
        return 0 if fresh and drawn else 1
    PAGE.write_text(text, "utf-8")
    if "--pictures" in arguments:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for old in PICTURES.glob("*.webp"):
            old.unlink()
        chosen = entries()
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            list(pool.map(draw, chosen, chosen.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
