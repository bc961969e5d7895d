"""One MP4, written as it is drawn: video frames in, sound interleaved beside them, the index moved to the front.

The bytes depend on the frames, the sound and the installed PyAV alone: no clock, no thread count.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from reelgate.render.job import FPS
from reelgate.render.planes import Planes
from reelgate.render.scene import SAMPLE_RATE, Track
from reelgate.request import Codec
from reelgate.sandbox.scheduling import class_kept

ENCODERS: dict[Codec, tuple[tuple[str, dict[str, str]], ...]] = {
    Codec.H264: (
        ("libx264", {"preset": "veryfast", "crf": "21", "tune": "animation", "mbtree": "0"}),
        ("libopenh264", {"b": "6M"}),
    ),
    Codec.VP9: (
        ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "crf": "28", "b": "0", "lag-in-frames": "0"}),
    ),
    Codec.AV1: (
        ("libsvtav1", {"preset": "10", "crf": "30", "svtav1-params": "lp=1:rtc=1:pred-struct=1"}),
        ("libaom-av1", {"usage": "realtime", "cpu-used": "9", "crf": "30"}),
    ),
}
"""Encoders and their options, the first installed one is taken: FFmpeg builds differ, mostly for licences.

x264's macroblock tree is off because its vector code reads memory it has not written where the width is not a multiple
of 128: equal frames then give unequal bytes. A slightly higher rate factor makes up for the size. VP9 and AV1 look no
frames ahead, which costs some size and saves 100 to 200 MB of memory at 1080p.
"""

AUDIO_BITRATE = 128_000
_BT709 = 1  # in FFmpeg's lists of matrices, primaries and transfer curves alike
_LIMITED = 1

Sound = Callable[[OutputContainer], Iterator["Packet[AudioStream]"]]
"""Adds its stream to the container before it yields the first packet; packets come in the order of time."""


@cache
def encoders() -> dict[Codec, tuple[str, dict[str, str]]]:
    """Return the encoder that is used here for each codec that the installed PyAV can encode."""
    return first_of(av.codecs_available)


def first_of(installed: Container[str]) -> dict[Codec, tuple[str, dict[str, str]]]:
    """Return the first encoder of each codec that is among the installed ones, with its options."""
    usable = {codec: [one for one in known if one[0] in installed] for codec, known in ENCODERS.items()}
    return {codec: known[0] for codec, known in usable.items() if known}


class Encoder:
    """A file being written; leaving the `with` block finishes it, leaving by an exception just closes it.

    `sound` is made on a thread of its own from the first picture on: until then someone waits to see that one.
    Nothing is written before the sound is there, for a file begins with the list of its streams; what is encoded
    until then takes little room. `fps` is the frames a second.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        sound: Sound | None,
        metadata: dict[str, str],
        codec: Codec = Codec.H264,
        fps: int = FPS,
    ) -> None:
        self.frames = 0
        self._fps = fps
        self._in_use = threading.Lock()
        self._closed = False
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._container.metadata.update(metadata)
        self._video = _video_stream(self._container, width, height, codec, fps)
        self._waiting: list[tuple[list[Packet[VideoStream]], float]] = []
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="sound")
        self._make = sound or _silence
        self._made: Future[Iterator[Packet[AudioStream]]] | None = None
        self._sound: Iterator[Packet[AudioStream]] | None = None
        self._next_sound: Packet[AudioStream] | None = None

    def write(self, picture: Planes) -> None:
        """Encode one frame; its planes may be used again afterwards.

        Any thread may call it. Raises ValueError once the block has been left: the file is closed then.
        """
        # Each plane by itself: from_numpy_buffer works the height out of the buffer's and loses two rows of every
        # height that is not a multiple of 4, after which the colours lie in the wrong place.
        frame = av.VideoFrame.from_dlpack(picture.each(), format="yuv420p")
        with self._in_use:
            if self._closed:
                raise ValueError("the file is closed")
            frame.pts, frame.time_base = self.frames, Fraction(1, self._fps)
            self.frames += 1
            with class_kept() if self.frames == 1 else nullcontext():  # the first one opens the encoder
                packets = self._video.encode(frame)
            self._waiting.append((packets, self.frames / self._fps))
            if self._sounding().done():
                self._write()

    def _sounding(self) -> Future[Iterator[Packet[AudioStream]]]:
        if self._made is None:
            self._made = self._beside.submit(self._make, self._container)
        return self._made

    def _write(self) -> None:
        """Write the encoded pictures, each followed by what is heard until the next one; wait for the sound."""
        if self._sound is None:
            self._sound = self._sounding().result()
            self._next_sound = next(self._sound, None)
        for packets, until in self._waiting:
            self._container.mux(packets)
            while self._next_sound is not None and _starts(self._next_sound) < until:
                self._container.mux(self._next_sound)
                self._next_sound = next(self._sound, None)
        self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._in_use:  # what is being encoded ends first: FFmpeg would go on in memory that is no longer there
            try:
                if kind is None:
                    self._write()
                    self._container.mux(self._video.encode(None))
            finally:
                self._closed = True
                self._beside.shutdown()
                self._container.close()


def pcm(track: Track) -> Sound:
    """Return the sound of a track, encoded as AAC."""

    def sound(container: OutputContainer) -> Iterator[Packet[AudioStream]]:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options={"aac_coder": "fast"})
        stream.bit_rate = AUDIO_BITRATE
        packets = []  # all at once, while the first pictures are being encoded; a minute takes a megabyte
        for start in range(0, track.shape[1], SAMPLE_RATE):
            chunk = np.ascontiguousarray(track[:, start : start + SAMPLE_RATE])
            frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
            packets += stream.encode(frame)
        return iter(packets + stream.encode(None))

    return sound


def _silence(_: OutputContainer) -> Iterator[Packet[AudioStream]]:
    return iter(())


def _starts(packet: Packet[AudioStream]) -> float:
    return 0.0 if packet.pts is None else float(packet.pts * packet.time_base)


def _video_stream(container: OutputContainer, width: int, height: int, codec: Codec, fps: int) -> VideoStream:
    name, options = encoders()[codec]
    stream = cast(VideoStream, container.add_stream(name, rate=fps, options=dict(options)))
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    context.thread_count = 1  # a second thread gains nothing beside the one that draws, and changes the bytes
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED
    return stream
