"""Opens untrusted clips and sounds with the right demuxer, within limits, and skips damaged parts.

FFmpeg guesses a playlist or a concatenation from a file's content and would follow the paths in it; a forced
demuxer can't.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelgate.limits import MAX_STREAMS, MAX_VIDEO_PIXELS
from reelgate.sandbox import descriptors

DEMUXERS = {
    **dict.fromkeys(("mp4", "mov", "m4a", "m4v", "3gp"), "mov"),
    **dict.fromkeys(("webm", "mkv", "matroska"), "matroska"),
    **{name: name for name in ("wav", "mp3", "flac", "ogg", "aac", "avi")},
}
"""FFmpeg's demuxer for each format that is opened."""

_LIMITS = {"max_pixels": str(MAX_VIDEO_PIXELS)}


class Undecodable(Exception):
    """Nothing can be decoded from a file; the text, fit for a client, says why."""


@contextmanager
def opened(file: Path | BinaryIO, format: str) -> Iterator[InputContainer]:  # noqa: A002 - as FFmpeg calls it
    """Open a clip or a sound. Raises Undecodable for what is not taken, FFmpegError for what is damaged."""
    demuxer = DEMUXERS.get(format)
    if demuxer is None:
        raise Undecodable(f"files of the format {format} can't be decoded here")
    source = descriptors.opened(file) if isinstance(file, Path) else nullcontext(file)
    with (
        source as read,
        av.open(
            read, "r", format=demuxer, options=_LIMITS, metadata_errors="replace"
        ) as container,  # old tags are Latin
    ):
        if len(container.streams) > MAX_STREAMS:
            raise Undecodable(f"it has {len(container.streams)} tracks; at most {MAX_STREAMS} are read")
        yield container


def pictures_in(container: InputContainer) -> VideoStream | None:
    """Return the track that a player shows, ready to be decoded: no cover, no thumbnail. None if there is none."""
    found = [stream for stream in container.streams.video if _is_decodable(stream)]
    films = [stream for stream in found if not stream.disposition & Disposition.attached_pic]
    best = container.streams.best("video")
    stream = best if isinstance(best, VideoStream) and best in films else next(iter(films), None)
    if stream is not None:
        stream.codec_context.options = _LIMITS
        stream.codec_context.thread_count = 1  # the other cores have work of their own
    return stream


def sound_in(container: InputContainer) -> AudioStream | None:
    """Return the track that a player plays, None if there is none."""
    found = [stream for stream in container.streams.audio if _is_decodable(stream)]
    best = container.streams.best("audio")
    return best if isinstance(best, AudioStream) and best in found else next(iter(found), None)


def _is_decodable(stream: VideoStream | AudioStream) -> bool:
    """Whether a track's codec has a decoder here: PyAV gives it no context else, whatever its types say."""
    context: object = stream.codec_context
    return context is not None


def begins(stream: VideoStream | AudioStream) -> Fraction:
    """Return the second of the file's own clock at which a track begins."""
    return Fraction(stream.start_time or 0) * Fraction(stream.time_base or 0)


def packets_of(container: InputContainer, *streams: VideoStream | AudioStream) -> Iterator[Packet[Any]]:
    """Yield the packets of some tracks, up to where the file can't be read any further.

    A size that no memory holds is damage too: FFmpeg believes what the file claims.
    """
    packets = container.demux(list(streams))
    while True:
        try:
            yield next(packets)
        except (StopIteration, EOFError, av.FFmpegError):
            return


def decoded(packet: Packet[Any]) -> list[Any] | None:
    """Return the frames that a packet completes, None for one that is damaged: players skip it."""
    try:
        return packet.decode()
    except (av.FFmpegError, EOFError):
        return None


def frames_of(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Yield the pictures of a track that can be decoded."""
    for packet in packets_of(container, stream):
        yield from (frame for frame in decoded(packet) or () if isinstance(frame, VideoFrame))


def samples_of(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame | float]:
    """Yield a track's sound, and for each damaged packet the seconds that are missing."""
    for packet in packets_of(container, stream):
        frames = decoded(packet)
        if frames is not None:
            yield from (frame for frame in frames if isinstance(frame, AudioFrame))
        elif packet.duration and packet.time_base:
            yield float(packet.duration * packet.time_base)
