"""Measures clips and sounds with PyAV. Runs in the probe's child process.

The packets are counted, since a header can claim any length and rate; only the first frame is decoded.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.frame import Frame
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelgate.decode.containers import decoded, opened, packets_of, pictures_in, sound_in
from reelgate.decode.sight import sight_of
from reelgate.limits import MAX_PACKETS, MAX_STREAMS, MAX_VIDEO_PIXELS, MIN_SAMPLE_RATE
from reelgate.media.boxes import tracks
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts, MediaKind
from reelgate.sandbox import descriptors


def measure_clip(path: Path, name: str) -> Facts:
    """Return the facts of an MP4 or MOV, with width and height as it is seen: turned, its pixels made square.

    Raise Unreadable or Undecodable for what is too large or has no picture; any other exception means that it is
    damaged.
    """
    with descriptors.opened(path) as file:
        size = descriptors.size_of(path)
        _check_tracks(file, size)
        file.seek(0)
        with opened(file, "mov") as container:
            stream = pictures_in(container)
            if stream is None:
                raise Unreadable("it has no video track" + (", only a sound" if sound_in(container) else ""))
            run = _Run(container, stream)
            if not isinstance(run.first, VideoFrame):
                raise Unreadable("none of its frames can be decoded")
            width, height = sight_of(stream, run.first).shown(run.first.width, run.first.height)
            return Facts(
                kind=MediaKind.VIDEO,
                format=name,
                bytes=size,
                width=width,
                height=height,
                seconds=run.seconds,
                fps=round(run.packets / run.seconds, 3) if run.seconds else 0.0,
                frames=run.packets,
                has_audio=sound_in(container) is not None,
            )


def measure_sound(path: Path, name: str) -> Facts:
    """Return the facts of a WAV or MP3; raise Unreadable if it holds no sound."""
    with descriptors.opened(path) as file, opened(file, name) as container:
        stream = sound_in(container)
        if stream is None:
            raise Unreadable("it has no sound")
        if 0 < stream.rate < MIN_SAMPLE_RATE:
            raise Unreadable(f"it has {stream.rate} samples a second; at least {MIN_SAMPLE_RATE:,} are read")
        run = _Run(container, stream)
        if not isinstance(run.first, AudioFrame):
            raise Unreadable("none of its sound can be decoded")
        size = descriptors.size_of(path)
        return Facts(kind=MediaKind.AUDIO, format=name, bytes=size, seconds=run.seconds, has_audio=True)


def _check_tracks(file: BinaryIO, size: int) -> None:
    found = tracks(file, size)
    if len(found) > MAX_STREAMS:
        raise Unreadable(f"it has {len(found)} tracks; at most {MAX_STREAMS} are read")
    for track in found:
        if track.width * track.height > MAX_VIDEO_PIXELS:
            raise Unreadable(
                f"its picture is {track.width}x{track.height}; at most {MAX_VIDEO_PIXELS:,} pixels are read"
            )


class _Run:
    """One pass over a stream: its `packets`, how many `seconds` they span, and the `first` frame that is decoded."""

    def __init__(self, container: InputContainer, stream: VideoStream | AudioStream) -> None:
        self.packets = 0
        self.first: Frame | None = None
        start, stop = None, 0
        for packet in packets_of(container, stream):
            if self.first is None:
                self.first = next(iter(decoded(packet) or ()), None)
            if packet.pts is None or packet.is_discard:  # the flush at the end; what an edit list cuts away
                continue
            self.packets += 1
            if self.packets > MAX_PACKETS:
                raise Unreadable(f"it comes in more than {MAX_PACKETS:,} pieces; send a shorter or plainer one")
            start = packet.pts if start is None else min(start, packet.pts)
            stop = max(stop, packet.pts + (packet.duration or 0))
        self.seconds = round(float((stop - (start or 0)) * (stream.time_base or 0)), 3)
