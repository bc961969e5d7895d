"""Which sound goes with a clip: a given one, the source clip's own, one made for the scene, or none."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from reelgate.animatic.language.shots import shots_of
from reelgate.animatic.modes.extend import first_clip
from reelgate.animatic.sound.synthesis import LOUDNESS, loudness, synthesise
from reelgate.animatic.staging.casting import beats_of
from reelgate.decode.containers import decoded, packets_of, pictures_in, samples_of, sound_in
from reelgate.render.demux import opened
from reelgate.render.job import FPS, RenderInput, RenderJob
from reelgate.render.mux import Sound, pcm
from reelgate.render.scene import SAMPLE_RATE, Notes, Track, UnusableInput
from reelgate.request import MediaKind, Mode, Role

PAUSE = SAMPLE_RATE // 5
"""Samples of silence between two given sounds."""

FADE = SAMPLE_RATE // 25

EDGE = SAMPLE_RATE // 400
"""Samples in which a given sound comes up and, where it ends, goes down: too few to be heard themselves."""

HANDOVER = SAMPLE_RATE // 2
"""Samples over which the sound of a clip gives way to the one made for what follows."""

LONGEST_GAP = 0.5
"""Seconds that two packets may lie apart, or overlap, in a sound that is handed on as it is."""

LEVELS = (-34.0, -14.0)
"""LUFS between which what follows a clip is as loud as the clip."""


def choose_sound(job: RenderJob, notes: Notes) -> Sound | None:
    """Return the clip's sound, None for a clip without a sound stream; `notes` records which it is.

    A given sound (a voice, a reference) comes before everything else, then that of the reference clips; several play
    one after another.
    """
    if not job.audio:
        return None
    if given := [item for item in job.inputs if item.kind is MediaKind.AUDIO]:
        return _played("given", given, job, notes)
    if job.mode is Mode.EDIT:
        return _own_sound(job, notes)
    if clips := [item for item in job.inputs if item.role is Role.REFERENCE and item.facts.has_audio]:
        return _played("reference clip", clips, job, notes)
    notes["sound"] = "synthesised"
    return pcm(_going_on(job, _synthesised(job), notes))


def _synthesised(job: RenderJob) -> Track:
    return synthesise(job, [next(iter(beats_of(shot.board)), None) for shot in shots_of(job).shots])


def _going_on(job: RenderJob, made: Track, notes: Notes) -> Track:
    """Return the sound that was made for a job, after that of the clip with which it begins, if it does."""
    clip = first_clip(job)
    if clip is None:
        return made
    ends = round(clip.facts.seconds * SAMPLE_RATE)
    share = np.clip((np.arange(made.shape[1]) - ends + HANDOVER) / HANDOVER, 0, 1).astype(np.float32)
    if not clip.facts.has_audio:
        return made * share
    notes["sound"] = "first clip, then synthesised"
    theirs = decode([clip], made.shape[1])[0]
    level = float(np.clip(loudness(theirs[:, :ends]), *LEVELS))
    return theirs * (1 - share) + made * share * np.float32(10 ** ((level - LOUDNESS) / 20))


def samples(job: RenderJob) -> int:
    """Return how many samples per channel are as long as the clip."""
    return job.frames * SAMPLE_RATE // FPS


def _played(name: str, sources: list[RenderInput], job: RenderJob, notes: Notes) -> Sound:
    track, heard = decode(sources, samples(job))
    notes["sound"] = name
    if heard < len(sources):
        notes["sounds_not_heard"] = len(sources) - heard  # the clip is over before they would begin
    return pcm(track)


def decode(sources: list[RenderInput], length: int) -> tuple[Track, int]:
    """Decode sounds one after another into a track of `length` samples; return it and how many of them are heard.

    Between two there is a short pause. What is too long is faded out, what is too short ends in silence; neither
    begins nor ends with a click. Raises UnusableInput when one has no sound.
    """
    track: Track = np.zeros((2, length), np.float32)
    at = 0
    for heard, source in enumerate(sources):
        if at >= length:
            return track, heard
        begins = at
        for chunk in _chunks(source):
            taken = min(chunk.shape[1], length - at)
            track[:, at : at + taken] = chunk[:, :taken]
            at += taken
            if taken < chunk.shape[1]:
                _fade(track, FADE)
                break
        _fade(track[:, begins:at], EDGE)
        _fade(track[:, begins:at][:, ::-1], EDGE)
        at += PAUSE
    return track, len(sources)


def _fade(track: Track, length: int) -> None:
    """Let the end of a track die away, in place."""
    end = track[:, -length:]
    end *= np.linspace(1, 0, end.shape[1], dtype=np.float32)


def _chunks(source: RenderInput) -> Iterator[Track]:
    """Yield a sound piece by piece, in step with the pictures where it is a clip's; what is damaged is silent."""
    with opened(source) as container:
        stream = sound_in(container)
        if stream is None:
            raise UnusableInput(f"the {source.role} {source.kind} has no sound")
        late, resampler, empty = _lateness(container, stream), _resampler(), True
        for piece in samples_of(container, stream):
            if isinstance(piece, float):
                yield from _silence(piece)
                continue
            if empty:
                yield from _silence(late)
                empty = False
            piece.pts = None  # gaps in a recording's clock are not wanted here
            try:
                yield from map(_floats, resampler.resample(piece))
            except ValueError:  # another rate or layout from here on
                yield from map(_floats, resampler.resample(None))
                resampler = _resampler()
                yield from map(_floats, resampler.resample(piece))
        if not empty:
            yield from map(_floats, resampler.resample(None))
        elif source.kind is MediaKind.AUDIO:
            raise UnusableInput(f"the {source.role} {source.kind} can't be decoded")


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)


def _silence(seconds: float) -> Iterator[Track]:
    """Yield silence, a second at a time: a damaged file may claim a day of it."""
    left = round(max(0.0, seconds) * SAMPLE_RATE)
    while left > 0:
        yield np.zeros((2, min(left, SAMPLE_RATE)), np.float32)
        left -= SAMPLE_RATE


def _lateness(container: InputContainer, sound: AudioStream) -> float:
    """Return how many seconds after a clip's pictures its sound begins."""
    pictures = pictures_in(container)
    if pictures is None or sound.start_time is None or sound.time_base is None:
        return 0.0
    began = (pictures.start_time or 0) * (pictures.time_base or 0)
    return float(sound.start_time * sound.time_base - began)


def _floats(frame: av.AudioFrame) -> Track:
    return np.asarray(frame.to_ndarray(), np.float32)


def _own_sound(job: RenderJob, notes: Notes) -> Sound | None:
    """Return the sound of the clip that is edited: the very packets when they are sound AAC, which any MP4 takes."""
    source = next((item for item in job.inputs if item.role is Role.SOURCE), None)
    if source is None or not source.facts.has_audio:
        notes["sound"] = "none: the source is silent"  # one that was made up would pass for a recording
        return None
    notes["sound"] = "source"
    return _copied(source) if _can_be_copied(source) else pcm(decode([source], samples(job))[0])


def _can_be_copied(source: RenderInput) -> bool:
    """Whether every player can play a clip's sound as it is: AAC, in order and without gaps, nothing of it damaged."""
    with opened(source) as container:
        stream = sound_in(container)
        if stream is None or stream.codec_context.name != "aac" or not stream.time_base:
            return False
        last = _ticks(pictures_in(container), stream)
        longest = round(LONGEST_GAP / stream.time_base)
        for packet in packets_of(container, stream):
            if decoded(packet) is None:
                return False
            if not packet.size:  # the end
                continue
            if packet.pts is None or packet.dts is None or not last - longest <= packet.dts <= last + longest:
                return False
            last = packet.dts + (packet.duration or 0)
    return True


def _copied(source: RenderInput) -> Sound:
    def sound(container: OutputContainer) -> Iterator[Packet[AudioStream]]:
        with opened(source) as theirs:
            stream = sound_in(theirs)
            if stream is None:
                return
            copy = container.add_stream_from_template(stream)
            late = _ticks(pictures_in(theirs), stream)
            for packet in packets_of(theirs, stream):
                if packet.pts is not None and packet.dts is not None:  # the empty packet at the end has no time
                    packet.pts, packet.dts, packet.stream = packet.pts - late, packet.dts - late, copy
                    yield packet

    return sound


def _ticks(pictures: VideoStream | None, sound: AudioStream) -> int:
    """Return when the clip's pictures begin, on the clock of its sound, which is moved along with them."""
    if pictures is None or not pictures.start_time or pictures.time_base is None or sound.time_base is None:
        return 0
    return round(pictures.start_time * pictures.time_base / sound.time_base)
