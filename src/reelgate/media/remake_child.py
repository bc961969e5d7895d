"""The process that puts a film into an MP4: `python -m reelgate.media.remake_child TARGET [FIT | JOIN]`.

It reads the film from its standard input, a file that was opened for it, may write into the target's folder alone, and
writes one `Answer` as JSON to its standard output. A `Fit` as JSON says which size and length it is to get. With a
`Join` it reads several films, whose descriptors that names.
"""

from __future__ import annotations

import math
import os
import resource
import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import av
import msgspec
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelgate import limits, sandbox
from reelgate.media.films import demuxer
from reelgate.media.join import join
from reelgate.media.remake_answer import Fit, Join, RemakeAnswer
from reelgate.sandbox import descriptors

_PICTURES = frozenset({"h264", "hevc", "av1", "vp9"})
_SOUNDS = frozenset({"aac", "mp3", "opus", "ac3", "eac3", "flac", "alac"})
_TAGS = {"hevc": "hvc1"}
"""Under which tag players of every maker take a codec, where the muxer's own choice is another."""

_MAX_PIXELS = {"max_pixels": str(limits.MAX_VIDEO_PIXELS)}
_TURNS = {90: (("transpose", "cclock"),), -90: (("transpose", "clock"),)}
_OVER = (("hflip", None), ("vflip", None))
_MUXED = {"movflags": "+faststart+use_metadata_tags", "avoid_negative_ts": "make_zero"}
_CLOCK = 90_000  # ticks a second of a film that is encoded anew: fine enough for any rate
_ENCODED = {"preset": "veryfast", "crf": "18"}
_FITTED = {"preset": "fast", "crf": "15"}  # of a vendor's film, which is to look as it came
_HALF_FRAME = 0.01  # seconds; less than half a frame at any usual rate
_ROUNDING = 1e-6


def main() -> None:
    """Make the file and say how."""
    source, target = descriptors.named(0), Path(sys.argv[1])
    wanted = msgspec.json.decode(sys.argv[2], type=dict[str, object]) if len(sys.argv) > 2 else {}
    joined = msgspec.convert(wanted, Join) if "pieces" in wanted else None
    fit = msgspec.convert(wanted, Fit) if wanted and joined is None else None
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # decoders print to the standard output at times
    os.nice(limits.REMAKE_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (limits.REMAKE_MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.MAX_RESULT_BYTES,) * 2)
    sandbox.confine(write=target.parent, descriptors=limits.REMAKE_DESCRIPTORS)
    answers.write(msgspec.json.encode(_answer(source, target, fit, joined)))


def _answer(source: Path, target: Path, fit: Fit | None, joined: Join | None) -> RemakeAnswer:
    try:
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
    """Return the moving pictures: a cover or a poster inside the file is none."""
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


def _turn(file: BinaryIO, name: str) -> int:
    """Return by how many degrees a player turns the pictures. Raises ValueError where there are none."""
    with _opened(file, name) as film:
        frame = next(iter(film.decode(_pictures(film))), None)
    if frame is None:
        raise ValueError("none of its frames can be decoded")
    return frame.rotation


def _write(file: BinaryIO, name: str, target: Path, *, anew: bool, fit: Fit | None = None) -> None:
    turn = _turn(file, name) if anew else 0
    with _opened(file, name) as film, av.open(target, "w", format="mp4", options=_MUXED) as made:
        made.metadata.update(film.metadata)
        pictures = _pictures(film)
        sound = film.streams.audio[0] if film.streams.audio else None
        drawn = Drawn(made, pictures, turn, fit) if anew else CopiedTrack(made, pictures)
        tracks: dict[int, Track] = {pictures.index: drawn}
        if sound is not None:
            end = fit.seconds if fit else 0.0
            tracks[sound.index] = (
                CopiedTrack(made, sound, end) if _name(sound) in _SOUNDS else EncodedSound(made, sound)
            )
        for packet in film.demux([stream for stream in (pictures, sound) if stream is not None]):
            tracks[packet.stream.index].take(packet)
        for track in tracks.values():
            track.end()


class Track(Protocol):
    """Where the packets of one track of the source go."""

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet. Raises ValueError and FFmpegError."""
        ...

    def end(self) -> None:
        """Write what is held back. Raises ValueError where nothing came."""
        ...


class CopiedTrack:
    """A track that goes over as it is, up to its `end` in seconds where that is not 0."""

    def __init__(self, made: OutputContainer, stream: VideoStream | AudioStream, end: float = 0.0) -> None:
        self._made = made
        self._end = end
        self._stream = made.add_stream_from_template(stream)
        tag = _TAGS.get(_name(stream))
        if tag is not None:
            self._stream.codec_context.codec_tag = tag
        self._waiting: list[Packet[Any]] = []
        self._timed = False

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet."""
        if not packet.size or self._is_over(packet):
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
    """Pictures that are encoded anew, upright, each at its own time; scaled and cropped where they are to fit."""

    def __init__(self, made: OutputContainer, stream: VideoStream, turn: int, fit: Fit | None = None) -> None:
        self._made = made
        self._turn = turn
        self._fit = fit
        self._fitting: av.filter.Graph | None = None
        rate = stream.average_rate or stream.guessed_rate or 25
        sides = (stream.codec_context.width // 2 * 2, stream.codec_context.height // 2 * 2)
        self._stream = made.add_stream("libx264", rate=rate, options=_FITTED if fit else _ENCODED)
        self._stream.width, self._stream.height = sides if turn % 180 == 0 else sides[::-1]
        if fit is not None:
            self._stream.width, self._stream.height = fit.width, fit.height
            source = stream.codec_context
            self._stream.codec_context.color_range = source.color_range
            self._stream.codec_context.colorspace = source.colorspace
            self._stream.codec_context.color_primaries = source.color_primaries
            self._stream.codec_context.color_trc = source.color_trc
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, _CLOCK)
        self._stream.codec_context.thread_count = limits.REMAKE_THREADS
        self._first: Fraction | None = None
        self._last = -1

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet."""
        for frame in packet.decode():
            if frame.pts is not None:
                self._put(frame)

    def end(self) -> None:
        """Write what is held back."""
        if self._first is None:
            raise ValueError("none of its frames can be decoded")
        self._made.mux(self._stream.encode(None))

    def _put(self, frame: VideoFrame) -> None:
        at = Fraction(frame.pts or 0) * Fraction(frame.time_base or 0)
        self._first = at if self._first is None else self._first
        ticks = round((at - self._first) * _CLOCK)
        ended = self._fit is not None and 0 < self._fit.seconds <= float(at - self._first) + _HALF_FRAME
        if ticks <= self._last or ended:
            return
        self._last = ticks
        upright = _turned(frame, self._turn)
        if self._fit is not None:
            even = self._fitted(upright, self._fit)
        else:
            even = upright.reformat(width=self._stream.width, height=self._stream.height, format="yuv420p")
        even.pts, even.time_base = ticks, Fraction(1, _CLOCK)
        self._made.mux(self._stream.encode(even))

    def _fitted(self, frame: VideoFrame, fit: Fit) -> VideoFrame:
        """Return a frame that covers the wanted size, with what is over cut away evenly on both sides."""
        if self._fitting is None:
            scale = max(fit.width / frame.width, fit.height / frame.height)
            wide = max(fit.width, 2 * math.ceil(frame.width * scale / 2 - _ROUNDING))
            high = max(fit.height, 2 * math.ceil(frame.height * scale / 2 - _ROUNDING))
            nodes = (
                ("scale", f"{wide}:{high}:flags=lanczos+accurate_rnd+full_chroma_int"),
                ("crop", f"{fit.width}:{fit.height}"),
                ("setsar", "1"),
                ("format", "yuv420p"),
            )
            self._fitting = _graph(frame, nodes)
        self._fitting.push(frame)
        return _pulled(self._fitting)


class EncodedSound:
    """Sound that is encoded anew."""

    def __init__(self, made: OutputContainer, stream: AudioStream) -> None:
        self._made = made
        self._stream = made.add_stream("aac", rate=min(stream.rate or 44_100, 48_000))
        self._stream.layout = "stereo" if (stream.channels or 1) > 1 else "mono"
        self._resampler = av.AudioResampler(format="fltp", layout=self._stream.layout, rate=self._stream.rate)
        self._samples = -1

    def take(self, packet: Packet[Any]) -> None:
        """Take the next packet."""
        for frame in packet.decode():
            if not isinstance(frame, AudioFrame):
                continue
            if self._samples < 0:
                self._samples = max(0, round((frame.time or 0.0) * self._stream.rate))
            frame.pts = None
            self._put(self._resampler.resample(frame))

    def end(self) -> None:
        """Write what is held back."""
        self._put(self._resampler.resample(None))
        self._made.mux(self._stream.encode(None))

    def _put(self, pieces: list[AudioFrame]) -> None:
        """Encode samples, one behind the other: the source's own times may jump."""
        for piece in pieces:
            piece.pts, piece.time_base = self._samples, Fraction(1, self._stream.rate)
            self._samples += piece.samples
            self._made.mux(self._stream.encode(piece))


def _turned(frame: VideoFrame, degrees: int) -> VideoFrame:
    """Return a frame as a player shows it."""
    if degrees % 360 == 0:
        return frame
    graph = _graph(frame, _TURNS.get(degrees, _OVER))
    graph.push(frame)
    return _pulled(graph)


def _graph(frame: VideoFrame, steps: Iterable[tuple[str, str | None]]) -> av.filter.Graph:
    """Return what takes frames like this one through filters."""
    graph = av.filter.Graph()
    clock = Fraction(1, _CLOCK)
    nodes = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=clock)]
    nodes += [graph.add(name, value) for name, value in steps]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def _pulled(graph: av.filter.Graph) -> VideoFrame:
    made = graph.pull()
    if not isinstance(made, VideoFrame):
        raise ValueError("a filter gave no picture")  # the sink is a picture's, as its source is
    return made


if __name__ == "__main__":
    main()
