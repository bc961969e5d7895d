"""Joins pieces of films into one: each decoded once, scaled and cropped to one size, and encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelgate import limits
from reelgate.media.films import demuxer
from reelgate.media.remake_answer import Join, Piece
from reelgate.sandbox import descriptors

_CLOCK = 90_000
_RATE = 48_000
_ENCODED = {"preset": "fast", "crf": "15"}
_MUXED = {"movflags": "+faststart+use_metadata_tags"}
_HALF_FRAME = 0.01  # seconds; less than half a frame at any usual rate
_OPTIONS = {"max_pixels": str(limits.MAX_VIDEO_PIXELS)}


def join(sources: Sequence[Path], target: Path, wanted: Join) -> None:
    """Write the pieces of the sources, one after another, as an MP4. Raises ValueError and FFmpegError."""
    with av.open(target, "w", format="mp4", options=_MUXED) as made:
        film = _Film(made, wanted)
        for source, piece in zip(sources, wanted.pieces, strict=True):
            name = demuxer(source)
            if not name:
                raise ValueError("a piece is not a film")
            with (
                descriptors.opened(source) as file,
                av.open(file, "r", format=name, options=_OPTIONS, metadata_errors="replace") as container,
            ):
                film.add(container, piece)
        film.end()


class _Film:
    """What is being made: a track of pictures and a track of sound, which go on from piece to piece."""

    def __init__(self, made: OutputContainer, wanted: Join) -> None:
        self._made = made
        self._size = (wanted.width, wanted.height)
        self._pictures = made.add_stream("libx264", rate=Fraction(wanted.fps).limit_denominator(1001), options=_ENCODED)
        self._pictures.width, self._pictures.height = self._size
        self._pictures.pix_fmt = "yuv420p"
        self._pictures.codec_context.time_base = Fraction(1, _CLOCK)
        self._pictures.codec_context.thread_count = limits.REMAKE_THREADS
        self._sound = made.add_stream("aac", rate=_RATE) if wanted.sound else None
        if self._sound is not None:
            self._sound.layout = "stereo"
        self._begins = Fraction(0)
        self._last = -1
        self._samples = 0

    def add(self, film: InputContainer, piece: Piece) -> None:
        """Add a piece of a film."""
        pictures = next(iter(film.streams.video), None)
        if pictures is None:
            raise ValueError("a piece has no pictures")
        heard = film.streams.audio[0] if film.streams.audio and self._sound is not None else None
        zero = (film.start_time or 0) / av.time_base
        if piece.start:
            film.seek(int((piece.start + zero) * av.time_base))
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE)
        graph: av.filter.Graph | None = None
        for packet in film.demux([stream for stream in (pictures, heard) if stream is not None]):
            for frame in packet.decode():
                if not isinstance(frame, AudioFrame | VideoFrame):
                    continue
                at = (frame.time or 0.0) - zero - piece.start
                if isinstance(frame, AudioFrame):
                    self._hear(resampler, frame, at, piece)
                elif -_HALF_FRAME <= at < piece.seconds - _HALF_FRAME:
                    graph = graph or _fitting(frame, pictures, self._size)
                    self._draw(graph, frame, at)
        self._begins += Fraction(piece.seconds).limit_denominator(_CLOCK)
        self._silence(round(self._begins * _RATE))

    def end(self) -> None:
        """Write what is held back. Raises ValueError where no frame came."""
        if self._last < 0:
            raise ValueError("none of the frames can be decoded")
        self._made.mux(self._pictures.encode(None))
        if self._sound is not None:
            self._made.mux(self._sound.encode(None))

    def _draw(self, graph: av.filter.Graph, frame: VideoFrame, at: float) -> None:
        ticks = round((self._begins + Fraction(max(0.0, at))) * _CLOCK)
        if ticks <= self._last:
            return
        self._last = ticks
        graph.push(frame)
        drawn = graph.pull()
        if not isinstance(drawn, VideoFrame):
            raise ValueError("a filter gave no picture")  # the sink is a picture's, as its source is
        drawn.pts, drawn.time_base = ticks, Fraction(1, _CLOCK)
        self._made.mux(self._pictures.encode(drawn))

    def _hear(self, resampler: av.AudioResampler, frame: AudioFrame, at: float, piece: Piece) -> None:
        """Add what of a frame's sound lies in the piece, at its place."""
        frame.pts = None
        place = round((float(self._begins) + at) * _RATE)
        first, last = round(self._begins * _RATE), round((float(self._begins) + piece.seconds) * _RATE)
        for heard in resampler.resample(frame):
            samples = heard.to_ndarray()
            begin = max(self._samples, first)
            cut = samples[:, max(0, begin - place) : max(0, last - place)]
            place_of_cut = max(place, begin)
            place += samples.shape[1]
            if cut.shape[1]:
                self._silence(min(place_of_cut, last))
                self._put(cut)

    def _silence(self, until: int) -> None:
        if self._sound is not None and until > self._samples:
            self._put(np.zeros((2, until - self._samples), dtype=np.float32))

    def _put(self, samples: npt.NDArray[Any]) -> None:
        if self._sound is None:
            return
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
        frame.rate, frame.pts, frame.time_base = _RATE, self._samples, Fraction(1, _RATE)
        self._samples += samples.shape[1]
        self._made.mux(self._sound.encode(frame))


def _fitting(frame: VideoFrame, stream: VideoStream, size: tuple[int, int]) -> av.filter.Graph:
    """Return what scales and crops frames like this one to a size, upright."""
    turned = {90: (("transpose", "cclock"),), -90: (("transpose", "clock"),)}.get(frame.rotation, ())
    wide, high = size
    cover = f"{wide}:{high}:force_original_aspect_ratio=increase:force_divisible_by=2:flags=lanczos"
    steps = (*turned, ("scale", cover), ("crop", f"{wide}:{high}"), ("setsar", "1"), ("format", "yuv420p"))
    graph = av.filter.Graph()
    clock = stream.time_base or Fraction(1, _CLOCK)
    nodes = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=clock)]
    nodes += [graph.add(name, value) for name, value in steps]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph
