"""The process in which untrusted files are opened: `python -m reelgate.media.probe_child`.

It reads one `Job` a line and answers each with one `Answer`, both as a line of JSON. Its first line says
that it is ready.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from reelgate.limits import PROBE_CPU_SECONDS, PROBE_MEMORY_BYTES
from reelgate.media.sniff import HEAD_BYTES, KINDS, Unreadable, sniff
from reelgate.request import Facts, MediaKind

READY = b"ready\n"


class Job(msgspec.Struct, frozen=True):
    """A file to measure, or of which a small picture is wanted."""

    path: str
    poster: bool = False


class Answer(msgspec.Struct, frozen=True):
    """The facts of a file, or its picture, or the reason why there is neither."""

    facts: Facts | None = None
    poster: bytes = b""
    reason: str = ""


def main() -> None:
    """Answer until the other end closes the pipe."""
    measures = _load_readers()
    _limit_process()
    # Decoders print to the standard output at times; the answers go where only they go.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    answers.write(READY)
    for line in sys.stdin.buffer:
        _limit_job()
        job = msgspec.json.decode(line, type=Job)
        answers.write(msgspec.json.encode(_answer(Path(job.path), measures, job)) + b"\n")


_Measure = Callable[[Path, str], Facts]


def _load_readers() -> dict[MediaKind, _Measure]:
    """Import the decoders now, so that no job waits for it."""
    from reelgate.media.clips import measure_clip, measure_sound
    from reelgate.media.pictures import measure_picture

    return {MediaKind.IMAGE: measure_picture, MediaKind.VIDEO: measure_clip, MediaKind.AUDIO: measure_sound}


def _answer(path: Path, measures: dict[MediaKind, _Measure], job: Job) -> Answer:
    from reelgate.decode.containers import Undecodable
    from reelgate.media.poster import poster

    try:
        with path.open("rb") as file:
            name = sniff(file.read(HEAD_BYTES))
    except Unreadable as error:
        return Answer(reason=error.reason)
    try:
        return Answer(poster=poster(path)) if job.poster else Answer(facts=measures[KINDS[name]](path, name))
    except (Unreadable, Undecodable) as error:
        return Answer(reason=str(error))
    except MemoryError:
        return Answer(reason=f"reading it as {name} takes more memory than is allowed; send a smaller one")
    except Exception as error:  # noqa: BLE001  # decoders raise whatever they like on damaged input
        return Answer(reason=f"it is damaged or cut off: it can't be read as {name} ({type(error).__name__})")


def _limit_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (PROBE_MEMORY_BYTES, PROBE_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it only reads


def _limit_job() -> None:
    """Give the next job its own CPU seconds: the kernel counts the whole process, so the limit moves on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + PROBE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
