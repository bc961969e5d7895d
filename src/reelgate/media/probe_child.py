"""The process in which untrusted files are opened: `python -m reelgate.media.probe_child`.

Its standard input is a socket. Each line of JSON there is a `ProbeJob` and brings the file's descriptor with it. Each
is answered with a `ProbeAnswer`, a line of JSON on the standard output. The first line there says that it is ready.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from reelgate import sandbox
from reelgate.limits import PROBE_CPU_SECONDS, PROBE_DESCRIPTORS, PROBE_MEMORY_BYTES
from reelgate.media.boxes import recognise
from reelgate.media.sniff import HEAD_BYTES, KINDS, Unreadable, sniff
from reelgate.request import Facts, MediaKind
from reelgate.sandbox import descriptors

JOB_BYTES = 4096


class ProberReady(msgspec.Struct, frozen=True):
    """The readers are loaded; `unconfined` says in words what the system can't do of the sandbox."""

    unconfined: tuple[str, ...]


class ProbeJob(msgspec.Struct, frozen=True):
    """A file to measure. The caller may also want a small picture of it, or a sheet of several instead."""

    poster: bool = False
    sheet: bool = False


class ProbeAnswer(msgspec.Struct, frozen=True):
    """The facts of a file, with its picture where one was wanted and can be drawn; or a sheet; or why there is none."""

    facts: Facts | None = None
    poster: bytes = b""
    reason: str = ""


def main() -> None:
    """Answer until the other end closes the socket."""
    measures = _load_readers()
    _limit_process()
    jobs = socket.socket(fileno=os.dup(0))
    # Decoders print to the standard output at times; the answers go where only they go.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    unconfined = sandbox.confine(descriptors=PROBE_DESCRIPTORS, threads=False)
    answers.write(msgspec.json.encode(ProberReady(unconfined)) + b"\n")
    while True:
        line, handed, _, _ = socket.recv_fds(jobs, JOB_BYTES, 1)
        if not line:
            return
        _limit_job()
        job = msgspec.json.decode(line, type=ProbeJob)
        try:
            answer = _answer(descriptors.named(handed[0]), measures, job)
        finally:
            os.close(handed[0])
        answers.write(msgspec.json.encode(answer) + b"\n")


_Measure = Callable[[Path, str], Facts]


def _load_readers() -> dict[MediaKind, _Measure]:
    """Import the decoders now, so that no job waits for it."""
    from reelgate.media.clips import measure_clip, measure_sound
    from reelgate.media.pictures import measure_picture

    return {MediaKind.IMAGE: measure_picture, MediaKind.VIDEO: measure_clip, MediaKind.AUDIO: measure_sound}


def _answer(path: Path, measures: dict[MediaKind, _Measure], job: ProbeJob) -> ProbeAnswer:
    from reelgate.decode.containers import Undecodable
    from reelgate.media.poster import sheet

    name = _name(path)
    if not name:
        what = "its content is not in a format that is read here" if descriptors.size_of(path) else "it is empty"
        return ProbeAnswer(reason=f"{what}; send {', '.join(KINDS)}")
    try:
        if job.sheet:
            return ProbeAnswer(poster=sheet(path))
        facts = measures[KINDS[name]](path, name)
        return ProbeAnswer(facts, _small(path) if job.poster and facts.kind is MediaKind.VIDEO else b"")
    except (Unreadable, Undecodable) as error:
        return ProbeAnswer(reason=str(error))
    except MemoryError:
        return ProbeAnswer(reason=f"reading it as {name} takes more memory than is allowed; send a smaller one")
    except Exception as error:  # noqa: BLE001  # decoders raise whatever they like on damaged input
        return ProbeAnswer(reason=f"it is damaged or cut off: it can't be read as {name} ({type(error).__name__})")


def _small(path: Path) -> bytes:
    """Return a small picture of a film, empty if none can be drawn: the film is still good."""
    from reelgate.media.poster import poster

    with contextlib.suppress(Exception):
        return poster(path)
    return b""


def _name(path: Path) -> str:
    """Return what a file is by its content, a key of `KINDS`, "" for anything else."""
    with descriptors.opened(path) as file:
        return sniff(file.read(HEAD_BYTES)) or recognise(file, descriptors.size_of(path))


def _limit_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (PROBE_MEMORY_BYTES, PROBE_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it only reads


def _limit_job() -> None:
    """Give the next job its own CPU seconds: the kernel counts the whole process, so the limit moves on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + PROBE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
