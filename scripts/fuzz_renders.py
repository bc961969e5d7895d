"""`make fuzz`: damaged pictures, clips and sounds through every mode of the built-in engine.

Whatever a file holds, the probe answers, and a render ends: with a video, or with a reason that helps the sender of
the file. No file may kill a process, hang it, or make it fail with an error of ours. Ends with status 1 if one did;
that file is kept in out/fuzz.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, PngImagePlugin

from reelgate.decode.profiles import ADOBE_RGB
from reelgate.media.probe import Prober
from reelgate.media.sniff import Unreadable
from reelgate.render.job import RenderInput, RenderJob
from reelgate.render.messages import Crashed, Interrupted, RenderDone, Working
from reelgate.render.pool import RenderPool
from reelgate.request import Facts, MediaKind, Mode, Role
from reelgate.testing import samples
from reelgate.testing.films import Standard, film, quarters, turned
from reelgate.testing.heif import heic

KEPT = Path("out/fuzz")
WIDTH, HEIGHT, FRAMES = 96, 64, 10
SECONDS_EACH = 300.0
"""How long a render may say nothing before it counts as hung: on a busy machine these wait for all else."""
EDGES = (b"\0\0\0\0", b"\0\0\0\1", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff")
OUR_FAULTS = ("Error:", "Exception:", "error:", "Warning:")
"""What a reason looks like that is an exception's name and nothing that was said to a person."""


class Seed(NamedTuple):
    """A sound file that is damaged again and again; its facts have its kind and format."""

    name: str
    data: bytes
    facts: Facts


class Finding(NamedTuple):
    """What came of one damaged file in one mode."""

    mode: str
    end: str
    reason: str = ""


def main() -> None:
    """Damage and render as many files as asked for."""
    arguments = _arguments()
    faults = asyncio.run(Fuzz(arguments.seed, arguments.workers, arguments.forced).run(arguments.files))
    sys.exit(1 if faults else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000, help="how many files are damaged (2000)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="the same one damages alike")
    parser.add_argument("--workers", type=int, default=2, help="render processes (2)")
    parser.add_argument("--forced", type=float, default=0.3,
                        help="the share of files rendered although the probe refuses them (0.3)")  # fmt: skip
    return parser.parse_args()


class Fuzz:
    """Damages files by a seed and counts what comes of them; a share of those that are refused is rendered too."""

    def __init__(self, seed: int, workers: int, forced: float) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self._workers = workers
        self._forced = forced
        self._ends: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._faults = 0
        self._changed = asyncio.Event()

    async def run(self, files: int) -> int:
        """Return how many files something died, hung or failed over that should not have."""
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            seeds = list(_seeds(folder))
            pool = RenderPool(self._workers, folder / "out", stall_seconds=SECONDS_EACH, min_free=0)
            prober = Prober(self._workers)
            pool.listen(self._changed.set)
            await pool.open()
            await prober.open()
            try:
                queue = iter(range(files))
                await asyncio.gather(
                    *(self._damaged_files(queue, seeds, folder, pool, prober) for _ in range(self._workers))
                )
            finally:
                await prober.aclose()
                await pool.aclose()
        print(f"seed {self._seed}: {files} files, {sum(self._ends.values())} ends in {time.monotonic() - began:.0f} s")
        for end, count in self._ends.most_common():
            print(f"  {count:7} {end}")
        for reason, count in self._reasons.most_common(40):
            print(f"  {count:7} {reason}")
        print(f"faults: {self._faults}")
        return self._faults

    async def _damaged_files(
        self, queue: Iterator[int], seeds: list[Seed], folder: Path, pool: RenderPool, prober: Prober
    ) -> None:
        good = {seed.name: seed for seed in seeds}
        for number in queue:
            seed = self._random.choice(seeds)
            path = folder / f"{number}-{seed.name}"
            path.write_bytes(damaged(seed.data, self._random.choice(seeds).data, self._random))
            facts = await self._probed(path, seed, prober)
            if facts is not None:
                for job in self._jobs(path, facts, good, folder):
                    self._count(await self._rendered(f"{number}-{job.mode}", job, pool), path)
            path.unlink()

    async def _probed(self, path: Path, seed: Seed, prober: Prober) -> Facts | None:
        """Return the facts with which a file is rendered, None for one that is refused and let be."""
        readers = _readers()
        try:
            facts, _ = await prober.film(path)
        except Unreadable as error:
            self._ends["refused"] += 1
            if "broke down" in error.reason or (_readers() != readers and self._workers == 1):
                self._count(Finding("probe", "died", error.reason), path)
            return seed.facts if self._random.random() < self._forced else None
        return facts if facts.kind is seed.facts.kind else None

    def _jobs(self, path: Path, facts: Facts, good: dict[str, Seed], folder: Path) -> Iterator[RenderJob]:
        """Yield the renders in which a file of its kind can have a part."""

        def given(role: Role) -> RenderInput:
            return RenderInput(facts.kind, role, path, facts)

        def sound_one(name: str, role: Role) -> RenderInput:
            seed = good[name]
            other = folder / f"good-{name}"
            if not other.exists():
                other.write_bytes(seed.data)
            return RenderInput(seed.facts.kind, role, other, seed.facts)

        still, film_one = sound_one("jpeg.jpeg", Role.FIRST_FRAME), sound_one("h264.mp4", Role.SOURCE)
        match facts.kind:
            case MediaKind.IMAGE:
                plans = [
                    (Mode.IMAGE, [given(Role.FIRST_FRAME)]),
                    (Mode.FRAMES, [still, given(Role.LAST_FRAME)]),
                    (Mode.REFERENCE, [given(Role.REFERENCE)]),
                    (Mode.EDIT, [film_one, given(Role.REFERENCE)]),
                    (Mode.EXTEND, [sound_one("h264.mp4", Role.FIRST_CLIP), given(Role.LAST_FRAME)]),
                ]
            case MediaKind.VIDEO:
                plans = [
                    (Mode.EDIT, [given(Role.SOURCE)]),
                    (Mode.EXTEND, [given(Role.FIRST_CLIP)]),
                    (Mode.REFERENCE, [given(Role.REFERENCE)]),
                ]
            case MediaKind.AUDIO:
                plans = [(Mode.IMAGE, [still, given(Role.VOICE)]), (Mode.TEXT, [given(Role.VOICE)])]
        for mode, inputs in plans:
            yield RenderJob(
                mode,
                "rain, cartoon",
                WIDTH,
                HEIGHT,
                FRAMES,
                seed=1,
                inputs=tuple(inputs),
                last_frame=mode is Mode.EXTEND,
            )

    async def _rendered(self, name: str, job: RenderJob, pool: RenderPool) -> Finding:
        while not pool.free_slots():  # its process died and is being replaced
            await self._news()
        pool.start(name, job)
        while isinstance(pool.poll(name), Working):
            await self._news()
        state = pool.poll(name)
        pool.forget(name)
        match state:
            case RenderDone():
                return Finding(job.mode, "made")
            case Crashed(reason=reason):
                return Finding(job.mode, "failed", reason)
            case Interrupted(reason=reason):
                return Finding(job.mode, "died", reason)
        raise RuntimeError(f"{name} is lost")

    async def _news(self) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(0.05):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _count(self, finding: Finding, path: Path) -> None:
        ours = any(word in finding.reason for word in OUR_FAULTS)
        self._ends[f"{finding.mode}: {finding.end}"] += 1
        if finding.reason:
            self._reasons[finding.reason] += 1
        if finding.end == "died" or ours:
            self._faults += 1
            KEPT.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, KEPT / f"{self._seed}-{finding.mode}-{path.name}")
            print(f"{path.name}: {finding.mode} {finding.end}: {finding.reason}", flush=True)


def damaged(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Return a file with one to three kinds of damage done to it."""
    ways: list[Callable[[bytearray, bytes, random.Random], None]] = [_flip, _edge, _blot, _cut, _double, _end, _graft]
    changed = bytearray(data)
    for way in rng.choices(ways, (4, 4, 4, 1, 1, 1, 1), k=rng.choice((1, 1, 2, 3))):
        if len(changed) > 16:
            way(changed, other, rng)
    return bytes(changed)


def _flip(data: bytearray, _other: bytes, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 4, 32))):
        data[rng.randrange(len(data))] = rng.randrange(256)


def _edge(data: bytearray, _other: bytes, rng: random.Random) -> None:
    """Put numbers there that are at the edge of what a field can hold, mostly where the headers are."""
    for _ in range(rng.choice((1, 1, 3))):
        head = rng.random() < 0.5
        at = rng.randrange(min(len(data), 2048) if head else len(data))
        data[at : at + 4] = rng.choice(EDGES)


def _blot(data: bytearray, _other: bytes, rng: random.Random) -> None:
    at, length = rng.randrange(len(data)), rng.choice((8, 60, 200, 1000))
    blot = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))
    data[at : at + length] = blot[: len(data) - at]


def _cut(data: bytearray, _other: bytes, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice((1, 4, 100, 1000))]


def _double(data: bytearray, _other: bytes, rng: random.Random) -> None:
    at, length = rng.randrange(len(data)), rng.choice((4, 100, 1000))
    data[at:at] = data[at : at + length]


def _end(data: bytearray, _other: bytes, rng: random.Random) -> None:
    del data[rng.randrange(len(data) // 2, len(data)) :]


def _graft(data: bytearray, other: bytes, rng: random.Random) -> None:
    at, start, length = rng.randrange(len(data)), rng.randrange(len(other)), rng.choice((16, 200, 2000))
    data[at : at + length] = other[start : start + length]


def _seeds(folder: Path) -> Iterator[Seed]:
    """Yield a sound file of each kind that is read, small."""
    still = quarters(120, 80)
    noise = np.random.default_rng(1).integers(0, 255, (80, 120, 3)).astype(np.uint8)
    moving = [np.roll(still // 2 + noise // 2, 5 * n, axis=1) for n in range(16)]
    pictures: dict[str, dict[str, object]] = {
        "jpeg.jpeg": {}, "progressive.jpeg": {"progressive": True}, "profile.jpeg": {"icc_profile": ADOBE_RGB},
        "rgb.png": {}, "notes.png": {"pnginfo": _notes()}, "profile.png": {"icc_profile": ADOBE_RGB}, "lossy.webp": {},
        "lossless.webp": {"lossless": True}, "plain.bmp": {}, "plain.gif": {}, "plain.tiff": {},
        "packed.tiff": {"compression": "tiff_lzw"}, "plain.avif": {},
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = 6
    for name, options in pictures.items():
        path = folder / name
        Image.fromarray(still // 2 + noise // 2).save(path, path.suffix[1:].upper(), exif=exif, **options)
        yield _seed(path, MediaKind.IMAGE)
    deep, grey = folder / "deep.png", folder / "float.tiff"
    Image.fromarray(still[..., 0].astype(np.uint16) * 257).save(deep)
    yield _seed(deep, MediaKind.IMAGE)
    Image.fromarray(still[..., 0].astype(np.float32) / 255).save(grey)
    yield _seed(grey, MediaKind.IMAGE)
    Image.fromarray(still).convert("CMYK").save(folder / "inks.jpeg")
    yield _seed(folder / "inks.jpeg", MediaKind.IMAGE)
    yield _seed(heic(folder / "phone.heic", still, profile=ADOBE_RGB, turns=1), MediaKind.IMAGE)
    yield _seed(samples.clip(folder / "h264.mp4", 120, 80, seconds=0.6, audio=True), MediaKind.VIDEO)
    yield _seed(samples.clip(folder / "h264.mov", 120, 80, seconds=0.6, audio=True), MediaKind.VIDEO)
    yield _seed(turned(film(folder / "turned.mp4", moving, pixel=(4, 3)), 0, 1, -1, 0), MediaKind.VIDEO)
    yield _seed(film(folder / "hevc.mp4", moving, codec="libx265", g="8"), MediaKind.VIDEO)
    hdr = Standard(9, primaries=9, transfer=16, format="yuv420p10le")
    yield _seed(film(folder / "hdr.mp4", moving, codec="libx265", standard=hdr), MediaKind.VIDEO)
    yield _seed(film(folder / "av1.mp4", moving, codec="libsvtav1", preset="12"), MediaKind.VIDEO)
    yield _seed(film(folder / "mpeg4.mov", moving, codec="mpeg4"), MediaKind.VIDEO)
    yield _seed(film(folder / "fragments.mp4", moving, movflags="frag_keyframe+empty_moov", g="4"), MediaKind.VIDEO)
    yield _seed(samples.sound(folder / "voice.wav", 0.5), MediaKind.AUDIO)
    yield _seed(samples.sound(folder / "voice.mp3", 0.5, "mp3"), MediaKind.AUDIO)


def _notes() -> PngImagePlugin.PngInfo:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("workflow", "x" * 4000, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta tiff:Orientation='3'/>")
    return notes


def _seed(path: Path, kind: MediaKind) -> Seed:
    seconds, sounds = (0.0, False) if kind is MediaKind.IMAGE else (0.6, "h264" in path.name or kind is MediaKind.AUDIO)
    facts = Facts(kind, path.suffix[1:], path.stat().st_size, 120, 80, seconds, 24.0, 14, has_audio=sounds)
    return Seed(path.name, path.read_bytes(), facts)


def _readers() -> set[str]:
    """Return the ids of the running processes that read files."""
    found, children = set(), Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    for pid in children:
        with contextlib.suppress(OSError):  # it has just ended
            if b"reelgate.media.probe_child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


if __name__ == "__main__":
    main()
