"""`reelgate preview`: a video's storyboard, its price, and why it would be refused, before it is ordered."""

from __future__ import annotations

import base64
import html
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from reelgate.cli.options import AT_SERVER, AtServer, key_of, takes_groups
from reelgate.cli.order import OrderInputs
from reelgate.cli.order_fields import More, with_order_fields
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_json, print_table
from reelgate.client import Reelgate

_MICROS = 1_000_000
_LISTS = {
    "not_understood": "not understood",
    "nearest": "nearest",
    "shapes": "a plain shape",
    "placeholders": "a card",
    "undrawn": "not drawn",
    "not_done": "not done",
    "removed": "removed",
    "unshown": "too long",
}
_PAGE = """<!doctype html><meta charset="utf-8"><title>{title}</title>
<style>body{{background:#0d0e10;color:#eceef0;font:15px/1.6 system-ui,sans-serif;margin:32px}}
main{{display:flex;flex-wrap:wrap;gap:24px}}figure{{margin:0;max-width:480px}}img{{width:100%;border-radius:8px}}
figcaption,p{{color:#a9afb7}}</style><h1>{title}</h1><main>{figures}</main>{lines}
"""


@with_order_fields
@takes_groups
def preview(
    order: OrderInputs,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Decides what the prompt leaves open; the same seed gives the same result."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Save the stills here: a folder, or one page as strip.html.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the strip in a browser.")] = False,
    server: AtServer = AT_SERVER,
    *,
    more: More,
) -> None:
    """Preview a video: its shots, its price, and why it would be refused. Nothing is made or charged."""
    with one_line():
        fields = order.fields(seed) | more()
        with Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as reelgate:
            found = reelgate.preview(inline=output is not None or show, **fields)
        saved = _saved(found, order.prompt, Path("preview.html") if show and output is None else output)
        if server.as_json:
            print_json({**_without_stills(found), "saved": str(saved) if saved else None})
        else:
            _print(found)
        if saved is not None:
            if not server.as_json:
                typer.echo(f"{saved}")
            if show:
                webbrowser.open(saved.resolve().as_uri())
        if found["refusals"]:
            raise typer.Exit(1)


def _without_stills(found: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the pictures in it, which are saved or have links."""
    board = found["storyboard"]
    if board is None:
        return found
    stills = [{name: value for name, value in still.items() if name != "data"} for still in board["stills"]]
    return {**found, "storyboard": {**board, "stills": stills}}


def _print(found: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    board = found["storyboard"] or {"shots": []}
    for shot in board["shots"]:
        table.add_row(f"shot {shot['number']}", _span(shot), style="bold")
        for name, value in _facts(shot):
            table.add_row(f"  {name}", value)
    for name, words in _LISTS.items():
        if board.get(name):
            table.add_row(words, ", ".join(board[name]), style="yellow")
    quote = found["quote"]
    if quote:
        table.add_row("price", f"{_amount(quote['price'])}  ({quote['sum']})", style="bold")
        if quote["id"]:
            table.add_row("quote", quote["id"])
    if found["made_by"]:
        table.add_row("made by", found["made_by"])
    for refusal in found["refusals"]:
        table.add_row("refused", refusal["message"], style="red")
    print_table(table)


def _span(shot: dict[str, Any]) -> str:
    end = shot["starts"] + shot["seconds"]
    melts = ", dissolved into" if shot["transition"] == "dissolve" and shot["number"] > 1 else ""
    return f"{shot['starts']:.1f} to {end:.1f} s{melts}"


def _facts(shot: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a shot shows, by name."""
    if "begins_with" in shot:
        yield "begins with", shot["begins_with"].replace("_", " ")
    if "place" in shot:
        yield "place", ", ".join([shot["place"], *(f"{place} behind" for place in shot.get("behind", ()))])
        yield "time", f"{shot['time']}, {shot['season']}, {shot['weather']}"
        who = ", ".join(f"{_many(one)}{one['kind']} ({one.get('action', 'stand')})" for one in shot["subjects"])
        yield "subjects", who or "none"
    if "camera" in shot:
        yield "camera", shot["camera"]["move"].replace("_", " ")
    if "look" in shot:
        yield "look", shot["look"]
    if shot.get("styles"):
        yield "style", ", ".join(shot["styles"])
    yield "sounds", ", ".join(shot["sounds"]) or "none"


def _many(subject: dict[str, Any]) -> str:
    return f"{subject['count']} " if subject.get("count", 1) > 1 else ""


def _amount(price: dict[str, Any]) -> str:
    whole, rest = divmod(price["amount_micros"], _MICROS)
    return f"{whole}.{f'{rest:06d}'.rstrip('0').ljust(2, '0')} {price['currency']}"


def _saved(found: dict[str, Any], prompt: str, output: Path | None) -> Path | None:
    """Save the strip where it is wanted and return where: a page, or a folder of stills. Raises OSError."""
    stills = [still for still in (found["storyboard"] or {"stills": []})["stills"] if still.get("data")]
    if output is None or not stills:
        return None
    if output.suffix.lower() in (".html", ".htm"):
        output.write_text(_page(found, prompt, stills), encoding="utf-8")
        return output
    output.mkdir(parents=True, exist_ok=True)
    for number, still in enumerate(stills, 1):
        (output / f"still-{number}.webp").write_bytes(base64.b64decode(still["data"].partition(",")[2]))
    return output


def _page(found: dict[str, Any], prompt: str, stills: list[dict[str, Any]]) -> str:
    """Return a page that holds the strip and needs nothing else."""
    figures = "".join(
        f'<figure><img src="{still["data"]}" alt=""><figcaption>shot {still["shot"]}, {still["at"]:.1f} s</figcaption>'
        "</figure>"
        for still in stills
    )
    board = found["storyboard"]
    told = [f"{words}: {', '.join(board[name])}" for name, words in _LISTS.items() if board[name]]
    told += [f"refused: {refusal['message']}" for refusal in found["refusals"]]
    told += [f"price: {_amount(found['quote']['price'])}"] if found["quote"] else []
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in told)
    return _PAGE.format(title=html.escape(prompt), figures=figures, lines=lines)
