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

from reelgate.decode.containers import begins, decoded, opened, packets_of, pictures_in, sound_in
from reelgate.decode.screen import Screen
from reelgate.media.drawn import DrawnTrack
from reelgate.media.films import demuxer
from reelgate.media.remake_answer import Join, Piece

_RATE = 48_000
_ENCODED = {"preset": "fast", "crf": "15"}
_MUXED = {"movflags": "+faststart+use_metadata_tags"}
_HALF_FRAME = 0.01  # seconds; less than half a frame at any usual rate
_FINEST = 90_000  # of a second: the shortest part of one that a piece's length is counted in


def join(sources: Sequence[Path], target: Path, wanted: Join) -> None:
    """Write the pieces of the sources, one after another, as an MP4. Raises ValueError and FFmpegError."""
    with av.open(target, "w", format="mp4", options=_MUXED) as made:
        film = _Film(made, wanted)
        for source, piece in zip(sources, wanted.pieces, strict=True):
            name = demuxer(source)
            if not name:
                raise ValueError("a piece is not a film")
            with opened(source, name) as container:
                film.add(container, piece)
        film.end()


class _Film:
    """The output: a track of pictures and a track of sound, which continue from piece to piece."""

    def __init__(self, made: OutputContainer, wanted: Join) -> None:
        self._made = made
        rate = Fraction(wanted.fps).limit_denominator(1001)
        self._pictures = DrawnTrack(made, rate, (wanted.width, wanted.height), _ENCODED)
        self._sound = made.add_stream("aac", rate=_RATE) if wanted.sound else None
        if self._sound is not None:
            self._sound.layout = "stereo"
        self._begins = Fraction(0)
        self._samples = 0

    def add(self, film: InputContainer, piece: Piece) -> None:
        """Add a piece of a film."""
        pictures = pictures_in(film)
        if pictures is None:
            raise ValueError("a piece has no pictures")
        heard = sound_in(film) if self._sound is not None else None
        zero = begins(pictures)
        if piece.start:
            film.seek(int((piece.start + float(zero)) * av.time_base))
        resampler, screen = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE), Screen(pictures)
        for packet in packets_of(film, *(stream for stream in (pictures, heard) if stream is not None)):
            for frame in decoded(packet) or ():
                at = (frame.time or 0.0) - float(zero) - piece.start
                if isinstance(frame, AudioFrame):
                    self._hear(resampler, frame, at, piece)
                elif isinstance(frame, VideoFrame) and -_HALF_FRAME <= at < piece.seconds - _HALF_FRAME:
                    self._pictures.draw(screen, frame, self._begins + Fraction(max(0.0, at)))
        self._begins += Fraction(piece.seconds).limit_denominator(_FINEST)
        self._silence(round(self._begins * _RATE))

    def end(self) -> None:
        """Write what is held back. Raises ValueError if no frame came."""
        self._pictures.end()
        if self._sound is not None:
            self._made.mux(self._sound.encode(None))

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
