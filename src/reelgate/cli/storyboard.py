"""`reelgate storyboard`: what the animatic engine understands of a prompt, without drawing it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_table
from reelgate.request import Mode

if TYPE_CHECKING:
    from reelgate.animatic.language.binding import Subject
    from reelgate.animatic.language.storyboard import Storyboard


def storyboard(
    prompt: Annotated[str, typer.Argument(help="What the video shows.")],
    negative: Annotated[str, typer.Option("--negative", help="What the video must not show.")] = "",
    seed: Annotated[
        int, typer.Option("--seed", help="Decides what the prompt leaves open; the same seed gives the same result.")
    ] = 0,
    seconds: Annotated[int, typer.Option("--seconds", min=1, max=60, help="How long the video is.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as in a task's notes.")] = False,
) -> None:
    """Print how the built-in engine understands a prompt: its shots, and which subject does what where."""
    from reelgate.animatic.language.shots import shots_of
    from reelgate.animatic.staging.scene_builder import described
    from reelgate.render.job import FPS, RenderJob

    with one_line():
        job = RenderJob(
            mode=Mode.TEXT, prompt=prompt, negative_prompt=negative, seed=seed, width=1280, height=720,
            frames=seconds * FPS,
        )  # fmt: skip
        script = shots_of(job)
        if as_json:
            typer.echo(json.dumps(described(script), ensure_ascii=False, indent=2))
            return
        table = Table(box=None, show_header=False, pad_edge=False)
        for number, shot in enumerate(script.shots, 1):
            span = f"{shot.first / FPS:.1f} to {(shot.first + shot.frames) / FPS:.1f} s"
            table.add_row(f"shot {number}", f"{span}{', dissolved into' if shot.dissolve else ''}", style="bold")
            for name, value in _rows(shot.board):
                table.add_row(f"  {name}", value)
        for text in script.unshown:
            table.add_row("too long", text, style="yellow")
        print_table(table)


def _rows(board: Storyboard) -> Iterator[tuple[str, str]]:
    from reelgate.animatic.staging.role_assignment import undrawn_of

    move, pace = board.camera.move.replace("_", " "), board.camera.speed
    yield "place", board.place + "".join(f", {place} behind" for place in board.behind)
    yield "time", f"{board.time}, {board.season}"
    yield "weather", board.weather
    yield "subjects", ", ".join(map(_subject, board.subjects)) or "none"
    yield "camera", move + (", slow" if pace < 1 else ", fast" if pace > 1 else "")
    if board.framing != "medium":
        yield "framing", board.framing
    if board.spectacles:
        yield "in the air", ", ".join(board.spectacles)
    yield "style", ", ".join(board.styles) or "plain"
    yield "sounds", ", ".join(board.sounds) or "none"
    yield "read", ", ".join(board.understood) or "nothing: the seed chose"
    if undrawn := undrawn_of(board):
        yield "not drawn", ", ".join(undrawn)
    if board.nearest:
        yield "nearest", ", ".join(board.nearest)
    if board.removed:
        yield "removed", ", ".join(board.removed)


def _subject(subject: Subject) -> str:
    many = f"{subject.count} " if subject.count > 1 else ""
    worn = ", ".join(f"{garment.colour} {garment.kind}".strip() for garment in subject.clothes)
    told = " ".join(word for word in (subject.scale, "" if worn else subject.colour, subject.kind) if word)
    side = f", {subject.side}" if subject.side else ""
    way = f", to the {subject.heading}" if subject.heading else ""
    return f"{many}{told}{f' in {worn}' if worn else ''} ({subject.action}{side}{way})"
