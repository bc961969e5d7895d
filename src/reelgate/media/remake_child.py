"""The process that puts a film into an MP4: `python -m reelgate.media.remake_child TARGET [FIT | JOIN | LAST]`.

It reads the film from its standard input, a file that was opened for it, may write into the target's folder alone, and
writes one `Answer` as JSON to its standard output. A `Fit` as JSON says which size and length it is to get. With a
`Join` it reads several films, whose descriptors that names. With a `LastPicture` it writes that alone.
"""

from __future__ import annotations

import os
import resource
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import av
import msgspec
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from reelgate import limits, sandbox
from reelgate.decode.containers import begins, sound_in
from reelgate.decode.screen import Screen
from reelgate.decode.sight import sight_of
from reelgate.media.drawn import DrawnTrack
from reelgate.media.films import demuxer
from reelgate.media.join import join
from reelgate.media.last_picture import write_last_picture
from reelgate.media.remake_answer import Fit, Join, RemakeAnswer
from reelgate.sandbox import descriptors

_PICTURES = frozenset({"h264", "hevc", "av1", "vp9"})
_SOUNDS = frozenset({"aac", "mp3", "opus", "ac3", "eac3", "flac", "alac"})
_TAGS = {"hevc": "hvc1"}
"""Under which tag players of every maker take a codec, where the muxer's own choice is another."""

_MAX_PIXELS = {"max_pixels": str(limits.MAX_VIDEO_PIXELS)}
_MUXED = {"movflags": "+faststart+use_metadata_tags", "avoid_negative_ts": "make_zero"}
_ENCODED = {"preset": "veryfast", "crf": "18"}
_FITTED = {"preset": "fast", "crf": "15"}  # of a vendor's film, which is to look as it came
_HALF_FRAME = 0.01  # seconds; less than half a frame at any usual rate


def main() -> None:
    """Make the file and say how."""
    source, target = descriptors.named(0), Path(sys.argv[1])
    wanted = msgspec.json.decode(sys.argv[2], type=dict[str, object]) if len(sys.argv) > 2 else {}
    joined = msgspec.convert(wanted, Join) if "pieces" in wanted else None
    pictured = "last_picture" in wanted
    fit = msgspec.convert(wanted, Fit) if wanted and joined is None and not pictured else None
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # decoders print to the standard output at times
    os.nice(limits.REMAKE_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (limits.REMAKE_MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.MAX_RESULT_BYTES,) * 2)
    sandbox.confine(write=target.parent, descriptors=limits.REMAKE_DESCRIPTORS)
    answers.write(msgspec.json.encode(_answer(source, target, fit, joined, pictured=pictured)))


def _answer(source: Path, target: Path, fit: Fit | None, joined: Join | None, *, pictured: bool) -> RemakeAnswer:
    try:
        if pictured:
            write_last_picture(source, target)
            return RemakeAnswer("pictured")
        if joined is not None:
            join([descriptors.named(number) for number in joined.descriptors], target, joined)
            return RemakeAnswer("joined", f"{len(joined.pieces)} pieces")
        return remake(source, target, fit)
    except MemoryError:
        return RemakeAnswer(reason="putting it into an MP4 takes more memory than is allowed")
    except Exception as error:  # noqa: BLE001  # decoders raise whatever they like on damaged input
        return RemakeAnswer(reason=f"it can't be put into an MP4 ({type(error).__name__}: {error})"[:300])


def remake(source: Path, target: Path, fit: Fit | None = None) -> RemakeAnswer:
    """Write the film at `source` as an MP4 to `target`.

    Its pictures go over as they are where an MP4 takes them; else, and where they are to fit, they are encoded once.
    """
    name = demuxer(source)
    if not name:
        return RemakeAnswer(reason="it is not a film")
    with descriptors.opened(source) as file:
        pictures = _codec(file, name)
        was = f"{name}, {pictures}"
        if fit is not None:
            _write(file, name, target, anew=True, fit=fit)
            return RemakeAnswer("fitted", was)
        if pictures in _PICTURES:
            try:
                _write(file, name, target, anew=False)
            except (av.FFmpegError, ValueError):  # such as pictures without times
                target.unlink(missing_ok=True)
            else:
                return RemakeAnswer("repackaged", was)
        _write(file, name, target, anew=True)
        return RemakeAnswer("encoded", was)


def _opened(file: BinaryIO, name: str) -> InputContainer:
    file.seek(0)
    return av.open(file, "r", format=name, options=_MAX_PIXELS, metadata_errors="replace")


def _codec(file: BinaryIO, name: str) -> str:
    with _opened(file, name) as film:
        return _name(_pictures(film))


def _name(stream: VideoStream | AudioStream) -> str:
    """Return a track's codec, whichever decoder reads it."""
    return stream.codec_context.codec.canonical_name


def _pictures(film: InputContainer) -> VideoStream:
    """Return the moving pictures, not a cover or poster inside the file."""
    if len(film.streams) > limits.MAX_STREAMS:
        raise ValueError(f"{len(film.streams)} tracks")
    found = [s for s in film.streams.video if not s.disposition & Disposition.attached_pic]
    if not found:
        raise ValueError("no moving pictures")
    stream = found[0]
    if stream.codec_context.width * stream.codec_context.height > limits.MAX_VIDEO_PIXELS:
        raise ValueError(f"{stream.codec_context.width}x{stream.codec_context.height} pixels")
    stream.codec_context.options = _MAX_PIXELS
    return stream


def _seen(file: BinaryIO, name: str) -> tuple[int, int]:
    """Return the width and height at which a player shows the pictures, both even. Raises ValueError."""
    with _opened(file, name) as film:
        stream = _pictures(film)
        frame = next(iter(film.decode(stream)), None)
        if frame is None:
            raise ValueError("none of its frames can be decoded")
        wide, high = sight_of(stream, frame).shown(frame.width, frame.height)
    if wide * high > limits.MAX_VIDEO_PIXELS:
        raise ValueError(f"{wide}x{high} pixels as it is seen")
    return max(2, wide // 2 * 2), max(2, high // 2 * 2)


def _write(file: BinaryIO, name: str, target: Path, *, anew: bool, fit: Fit | None = None) -> None:
    size = ((fit.width, fit.height) if fit else _seen(file, name)) if anew else None
    with _opened(file, name) as film, av.open(target, "w", format="mp4", options=_MUXED) as made:
        made.metadata.update(film.metadata)
        pictures, sound = _pictures(film), sound_in(film)
        drawn = CopiedTrack(made, pictures, Portion()) if size is None else Drawn(made, pictures, size, fit)
        tracks: dict[int, Track] = {pictures.index: drawn}
        if sound is not None:
            portion = Portion(Fraction(0) if size is None else begins(pictures), fit.seconds if fit else 0.0)
            heard = CopiedTrack(made, sound, portion) if _name(sound) in _SOUNDS else EncodedSound(made, sound, portion)
            tracks[sound.index] = heard
        for packet in film.demux([stream for stream in (pictures, sound) if stream is not None]):
            tracks[packet.stream.index].take(packet)
        for track in tracks.values():
            track.end()


class Portion(NamedTuple):
    """What of a film goes over: from which second of its own clock on, and for how many; 0 for all that follow."""

    begins: Fraction = Fraction(0)
    seconds: float = 0.0


class Track(Protocol):
    """Where the packets of one track of the source go."""

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet. Raises ValueError and FFmpegError."""
        ...

    def end(self) -> None:
        """Write what is held back. Raises ValueError if nothing came."""
        ...


class CopiedTrack:
    """A track that goes over as it is, but for the times of its packets, which are counted from the portion's start."""

    def __init__(self, made: OutputContainer, stream: VideoStream | AudioStream, portion: Portion) -> None:
        self._made = made
        self._end = portion.seconds
        self._begins = round(portion.begins / stream.time_base) if stream.time_base else 0
        self._stream = made.add_stream_from_template(stream)
        tag = _TAGS.get(_name(stream))
        if tag is not None:
            self._stream.codec_context.codec_tag = tag
        self._waiting: list[Packet[Any]] = []
        self._timed = False

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet."""
        if not packet.size:
            return
        packet.pts = None if packet.pts is None else packet.pts - self._begins
        packet.dts = None if packet.dts is None else packet.dts - self._begins
        if self._is_over(packet):
            return
        if self._timed and packet.dts is None:
            raise ValueError("a packet without its time")
        self._waiting.append(packet)
        if packet.dts is not None:
            self._timed = True
            self._put()

    def end(self) -> None:
        """Write what is held back."""
        if not self._timed:
            raise ValueError("packets without times")

    def _is_over(self, packet: Packet[Any]) -> bool:
        at = packet.pts
        return bool(self._end) and at is not None and float(at * (packet.time_base or 0)) >= self._end

    def _put(self) -> None:
        """Pass on what waits. The first pictures of some films say only when they are shown, not when decoded."""
        *untimed, packet = self._waiting
        for place, early in enumerate(reversed(untimed), 1):
            early.dts = (packet.dts or 0) - place * max(1, packet.duration or 1)
        for ready in self._waiting:
            ready.stream = self._stream
            self._made.mux(ready)
        self._waiting = []


class Drawn:
    """Pictures that are encoded again, as players show them, each at its own time."""

    def __init__(
        self, made: OutputContainer, stream: VideoStream, size: tuple[int, int], fit: Fit | None = None
    ) -> None:
        rate = stream.average_rate or stream.guessed_rate or 25
        self._track = DrawnTrack(made, rate, size, _FITTED if fit else _ENCODED)
        self._screen = Screen(stream)
        self._begins = begins(stream)
        self._end = fit.seconds if fit else 0.0

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet."""
        for frame in packet.decode():
            if frame.pts is not None:
                at = Fraction(frame.pts) * Fraction(frame.time_base or 0) - self._begins
                if not 0 < self._end <= float(at) + _HALF_FRAME:
                    self._track.draw(self._screen, frame, at)

    def end(self) -> None:
        """Write what is held back."""
        self._track.end()


class EncodedSound:
    """Sound that is encoded again, its times counted from the portion's start."""

    def __init__(self, made: OutputContainer, stream: AudioStream, portion: Portion) -> None:
        self._made = made
        self._span = portion
        self._stream = made.add_stream("aac", rate=min(stream.rate or 44_100, 48_000))
        self._stream.layout = "stereo" if (stream.channels or 1) > 1 else "mono"
        self._resampler = av.AudioResampler(format="fltp", layout=self._stream.layout, rate=self._stream.rate)
        self._samples: int | None = None

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet."""
        for frame in packet.decode():
            if not isinstance(frame, AudioFrame):
                continue
            if self._samples is None:
                self._samples = round(((frame.time or 0.0) - self._span.begins) * self._stream.rate)
            frame.pts = None
            self._put(self._resampler.resample(frame))

    def end(self) -> None:
        """Write what is held back."""
        self._put(self._resampler.resample(None))
        self._made.mux(self._stream.encode(None))

    def _put(self, pieces: list[AudioFrame]) -> None:
        """Encode samples, one behind the other: the source's own times may jump."""
        for piece in pieces:
            at = self._samples or 0
            self._samples = at + piece.samples
            if not 0 < self._span.seconds <= at / self._stream.rate:
                piece.pts, piece.time_base = at, Fraction(1, self._stream.rate)
                self._made.mux(self._stream.encode(piece))


if __name__ == "__main__":
    main()
