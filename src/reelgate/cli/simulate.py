"""`reelgate simulate`: simulated vendors on this machine, for tests of any client."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelgate.cli.problems import one_line
from reelgate.providers.configured import kinds

if TYPE_CHECKING:
    from reelgate.testing.simulator import Simulator

KEY = "simulated"
"""Any key will do."""


def simulate(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = (8100),
    script: Annotated[Path | None, typer.Option("--script", help="A TOML file with the faults to play.")] = None,
    job_seconds: Annotated[
        float, typer.Option("--job-seconds", min=0, help="How long a job takes, a fifth of it in the queue.")
    ] = 10.0,
    seed: Annotated[int, typer.Option("--seed", help="Decides which calls a fault with a share hits.")] = 1,
) -> None:
    """Play DashScope, Ark, Vidu, an OpenAI videos server and three resellers, as their documents describe them."""
    from reelgate.testing.simulator import Simulator  # NumPy and PyAV, for which other commands need not wait
    from reelgate.testing.simulator.script import read

    with one_line():
        faults = read(script, Simulator.vendors) if script else []
        with Simulator(host=host, port=port, job_seconds=job_seconds, seed=seed) as simulator:
            for fault in faults:
                simulator.fault(fault.vendor, fault.operation, fault.kind, times=fault.times, share=fault.share)
            _greet(simulator, len(faults))
            _wait_for_a_signal()
            _report(simulator)


def _greet(simulator: Simulator, faults: int) -> None:
    typer.echo(f"Vendors are simulated on {simulator.url}, {faults} faults are scripted. For Reelgate's own accounts:")
    known = {kind.name: kind for kind in kinds()}
    for vendor in simulator.vendors:
        url = simulator.base_url(vendor)
        if vendor in known:
            typer.echo(f"export {known[vendor].url_env}={url} {known[vendor].key_env}={KEY}")
        else:
            typer.echo(f"# {vendor}: {url}")
    typer.echo(f"Jobs so far: {simulator.url}/simulator/jobs. Ctrl-C ends it.")


def _report(simulator: Simulator) -> None:
    paid = {vendor: simulator.paid(vendor) for vendor in simulator.vendors}
    typer.echo(
        "Jobs paid for: " + (", ".join(f"{vendor} {count}" for vendor, count in paid.items() if count) or "none")
    )


def _wait_for_a_signal() -> None:
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    asked.wait()
