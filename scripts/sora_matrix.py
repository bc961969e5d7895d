"""Orders every size and length of Sora's API at each kind of vendor and at the built-in engine, and measures the files.

    python -m scripts.sora_matrix [--kinds dashscope,ark] [--sizes 720x1280,1792x1024] [--seconds 4,20]

Vendors are simulated, so nothing is paid. Each line says what was ordered, what the first and the last answer said,
what the file holds (PyAV), who made it and what was charged a second. A line that differs ends in `WRONG`, and the
script in 1. A table of what a second costs at each kind of account follows. The whole of it takes a machine of two
cores about an hour: nearly every film of the small ones that the simulator serves is scaled and encoded.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import av
import httpx2

from reelgate.testing import Simulator
from scripts.serving import free_port, gateway

SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024", "1080x1920", "1920x1080")
SECONDS = (4, 8, 12, 16, 20)
KINDS = ("dashscope", "ark", "vidu", "anyfast", "uniall", "apiyi", "openai_videos", "animatic")
OWN_PRICE = "price = { 720p = 100_000, 1024p = 150_000, 1080p = 150_000 }"
KEY = "sk-matrix-0123456789abcdefghijklmnopqrstuvwxyz"
PATIENCE = 3600.0
FRAME = 0.05  # seconds by which a file's length may differ: about one frame


@contextmanager
def client_of(folder: Path, kind: str, simulator: Simulator) -> Iterator[httpx2.Client]:
    """Serve with one account, or with none for the built-in engine, and yield a client."""
    port = free_port()
    config = folder / "reelgate.toml"
    account = f'[[account]]\nkind = "{kind}"\nkey = "sk-{kind}"\npoll_seconds = 0.5\n'
    if kind == "openai_videos":  # such a server makes what its account names, at the operator's price
        account = f'[standin.sora-2-pro]\n{OWN_PRICE}\n{account}models = ["sora-2-pro"]\n'
    config.write_text("" if kind == "animatic" else f'{account}base_url = "{simulator.base_url(kind)}"\n')
    workers = "2" if kind == "animatic" else "0"
    options = ("--config", str(config), "--public-url", f"http://127.0.0.1:{port}", "--workers", workers)
    with (
        gateway(folder, *options, key=KEY, port=port) as server,
        httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=120) as client,
    ):
        yield client


class Cell(NamedTuple):
    """One order, and what the ledger says of it."""

    kind: str
    size: str
    seconds: int
    first: dict[str, Any]
    maker: str


def order(server: httpx2.Client, kind: str, size: str, seconds: int) -> Cell | bool:
    """Order one video; return whether it is right that it is refused, where it is."""
    body = {"model": "sora-2-pro", "prompt": "a cat on a wall", "size": size, "seconds": str(seconds)}
    answer = server.post("/v1/videos", json=body)
    if answer.status_code != 200:
        print(f"{kind:<13} {size:>9} {seconds:>3} s  refused: {answer.json()['error']['message']}", flush=True)
        return answer.status_code == 400
    return Cell(kind, size, seconds, answer.json(), answer.headers["x-reelgate-made-with"])


def watch(server: httpx2.Client, folder: Path, cell: Cell) -> tuple[bool, float]:
    """Wait for a video, print what came of it; return whether that is what was ordered, and what a second cost."""
    kind, size, seconds, first, maker = cell
    end, last = time.monotonic() + PATIENCE, first
    while last["status"] in ("queued", "in_progress") and time.monotonic() < end:
        last = server.get(f"/v1/videos/{first['id']}", params={"wait": "30"}).json()
    path = folder / "film.mp4"
    path.write_bytes(server.get(f"/v1/videos/{first['id']}/content").content)
    made, length = measured(path) if last["status"] == "completed" else ("-", 0.0)
    price = server.get(f"/v1/tasks/{first['id']}").json()["price"]
    server.delete(f"/v1/videos/{first['id']}")
    wanted = (size, str(seconds))
    right = all((seen["size"], seen["seconds"]) == wanted for seen in (first, last))
    right = right and made == size and abs(length - seconds) <= FRAME
    right = right and price["charged_micros"] == price["amount_micros"]
    charged = (price["charged_micros"] or 0) / 1e6
    told = (
        f"answered {first['size']} {first['seconds']} s, {last['size']} {last['seconds']} s; file {made} {length:.2f} s"
    )
    print(
        f"{kind:<13} {size:>9} {seconds:>3} s  {told}; {maker}; ${charged:.3f} = ${charged / seconds:.4f}/s"
        + ("" if right else f"  WRONG {last['error'] or ''}"),
        flush=True,
    )
    return right, charged / seconds


def measured(path: Path) -> tuple[str, float]:
    """Return the pixels of a file's first picture, and the length of all its pictures in seconds, one by one."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        first = next(film.decode(stream))
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        step = float(stream.time_base or 0)
        times = sorted(packet.pts * step for packet in film.demux(stream) if packet.pts is not None)
        return f"{first.width}x{first.height}", times[-1] + (times[-1] - times[-2]) - times[0]


def main() -> int:
    """Run the matrix, or the part of it that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--seconds", default=",".join(map(str, SECONDS)))
    asked = parser.parse_args()
    wrong, costs = 0, []
    sizes, lengths = asked.sizes.split(","), [int(one) for one in asked.seconds.split(",")]
    for kind in asked.kinds.split(","):
        found: dict[str, list[float]] = {}
        with (
            tempfile.TemporaryDirectory() as folder,
            Simulator(job_seconds=0.2) as simulator,
            client_of(Path(folder), kind, simulator) as server,
        ):
            cells = [order(server, kind, size, seconds) for size in sizes for seconds in lengths]
            wrong += sum(cell is False for cell in cells)
            for cell in cells:
                if isinstance(cell, Cell):
                    right, cost = watch(server, Path(folder), cell)
                    wrong += not right
                    found.setdefault(cell.size, []).append(cost)
        costs += [(kind, size, min(found[size]), max(found[size]), len(found[size])) for size in found]
    for kind, size, least, most, count in costs:
        print(f"| {kind} | {size} | {count} | {least:.4f} to {most:.4f} |")
    print(f"{wrong} differ from what was ordered")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
