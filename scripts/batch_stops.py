"""A batch of orders while the program that places them and the server are both killed (kill -9) again and again.

Every order must become one job at the vendor, one video on disk and one charge. It prints the figures, and ends with
status 1 when one is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from reelgate.client import Reelgate, Unreachable
from reelgate.testing.simulator import Simulator

KEY = "sk-stops-0123456789abcdefghijklmnopqrstuvwxy"
MODEL = "viduq3-turbo"


def environment() -> dict[str, str]:
    """Return an environment without settings of ours, except the key."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("REELGATE_", "VIDU_"))}
    return clean | {"REELGATE_KEY": KEY, "PYTHONUNBUFFERED": "1"}


class Program:
    """A command of ours, killed and started again."""

    def __init__(self, log: Path, *words: str) -> None:
        self._words = [sys.executable, "-m", "reelgate", *words]
        self._log = log
        self.kills = 0
        self.process = self._start()

    def again(self) -> None:
        """Kill it as the system would, and start it again."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1
        self.process = self._start()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(self._words, stdout=log, stderr=log, env=environment())


def main() -> int:
    """Run it, print the figures, and return whether something was wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--orders", type=int, default=50)
    asked.add_argument("--every", type=float, default=8.0, help="seconds between two kills, at the mean")
    asked.add_argument("--kills", type=int, default=12)
    asked.add_argument("--seconds", type=float, default=900.0)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, Simulator(job_seconds=3.0) as simulator:
        return run(Path(name), simulator, given)


def run(folder: Path, simulator: Simulator, given: argparse.Namespace) -> int:  # noqa: PLR0915
    """Place the orders and look at what came of them."""
    config = folder / "reelgate.toml"
    config.write_text(
        f'[[account]]\nkind = "vidu"\nname = "v"\nkey = "stops"\nbase_url = "{simulator.base_url("vidu")}"\n'
    )
    orders = folder / "orders.csv"
    with orders.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["prompt", "model", "duration"])
        writer.writerows([f"a lighthouse, take {number}", MODEL, "5"] for number in range(given.orders))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = Program(
        folder / "server.log", "serve", "--port", str(port), "--data", str(folder / "data"), "--config", str(config),
        "--workers", "0", "--allow-private-media",
    )  # fmt: skip
    out = folder / "out"
    begun = time.monotonic()
    batch: Program | None = None
    try:
        with Reelgate(url, key=KEY, retry_seconds=given.seconds) as client:
            client.balance()
            words = (
                "batch",
                str(orders),
                "-o",
                str(out),
                "--jobs",
                "8",
                "--url",
                url,
                "--key",
                KEY,
                "--budget",
                "1000",
            )
            batch = Program(folder / "batch.log", *words)
            chance = random.Random(7)
            left = given.kills
            killed_at = time.monotonic()
            while time.monotonic() - begun < given.seconds:
                status = batch.process.poll()
                if status == 0:
                    break
                if status is not None:
                    batch.again()
                if left and time.monotonic() - killed_at > given.every * chance.uniform(0.5, 1.5):
                    (batch if left % 2 else server).again()
                    left -= 1
                    killed_at = time.monotonic()
                time.sleep(0.2)
            seconds = time.monotonic() - begun
            tasks = list(client.tasks(limit=100))
            balance = client.balance()
    except Unreachable as error:
        print(f"BROKEN: {error}\n{(folder / 'server.log').read_text()[-2000:]}")
        return 1
    finally:
        if batch is not None:
            batch.stop()
        server.stop()
    videos = sorted(out.glob("*.mp4"))
    with (out / "report.csv").open(newline="") as opened:
        lines = list(csv.DictReader(opened))
    charged = sum(task.charged_micros or 0 for task in tasks)
    told = sum(round(float(line["charged_usd"] or 0) * 1_000_000) for line in lines)
    figures = {
        "orders": given.orders,
        "tasks at the server": len(tasks),
        "jobs paid at the vendor": simulator.paid("vidu"),
        "videos on disk": len(videos),
        "saved in the report": sum(line["state"] == "saved" for line in lines),
    }
    for label, figure in figures.items():
        print(f"{label:26} {figure}")
    print(f"{'charged, micros':26} {charged}; the report says {told}, the balance {balance['charged_micros']}")
    print(f"{'held, micros':26} {balance['held_micros']}")
    print(f"{'kills of the batch, server':26} {batch.kills}, {server.kills}; {seconds:.0f} s")
    whole = set(figures.values()) == {given.orders} and charged == told == balance["charged_micros"]
    print("all once" if whole else f"BROKEN\n{(folder / 'batch.log').read_text()[-2000:]}")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
