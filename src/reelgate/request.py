"""The one normalised request that every dialect parses into and every provider makes a video from."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace


class Mode(StrEnum):
    """What is asked for, by the inputs that come with it."""

    TEXT = "text"
    IMAGE = "image"
    FRAMES = "frames"
    REFERENCE = "reference"
    EDIT = "edit"
    EXTEND = "extend"


class MediaKind(StrEnum):
    """What an input is, whatever its container."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Role(StrEnum):
    """What an input is for."""

    FIRST_FRAME = "first_frame"
    LAST_FRAME = "last_frame"
    REFERENCE = "reference"
    FIRST_CLIP = "first_clip"
    """The clip that an extension begins with."""
    SOURCE = "source"
    """The clip that an edit changes."""
    VOICE = "voice"
    """A sound that becomes the track: driving audio, a reference voice."""


class Trait(StrEnum):
    """What it may be about an input that is refused."""

    ADDRESS = "address"
    ARRIVAL = "arrival"
    """It could not be fetched."""
    CONTENT = "content"
    """It can't be read, or is not there."""
    FORMAT = "format"
    SIDES = "sides"
    SHAPE = "shape"
    BYTES = "bytes"
    LENGTH = "length"
    RATE = "rate"


class Codec(StrEnum):
    """How the pictures of a video made here are compressed; the file is an MP4 with any of them."""

    H264 = "h264"
    VP9 = "vp9"
    AV1 = "av1"


FPS = 24
"""The frames a second of a length that is given in frames."""

AUTO_DURATION = -1
"""The duration that leaves the length to the engine."""


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a probe found in a media file; never what its name or header claims."""

    kind: MediaKind
    format: str
    """jpeg, png, webp, bmp, gif, tiff · mp4, mov · wav, mp3 …"""
    bytes: int
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    fps: float = 0.0
    frames: int = 0
    has_audio: bool = False

    @property
    def content_type(self) -> str:
        """The media type, as in HTTP's Content-Type."""
        return _CONTENT_TYPES.get(self.format) or f"{self.kind}/{self.format}"


_CONTENT_TYPES = {"mov": "video/quicktime", "mp3": "audio/mpeg", "aac": "audio/aac", "m4a": "audio/mp4"}


class Media(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input of a request.

    `field` is the client's own name for it, for error texts; `name` what the prompt calls it (`@name`), `description`
    what the client says that it shows. An input given by address keeps its `url`; once it is in our own keeping, `blob`
    is its SHA-256 in the media store and `facts` what the probe found.
    """

    kind: MediaKind
    role: Role
    field: str
    url: str = ""
    blob: str = ""
    facts: Facts | None = None
    name: str = ""
    description: str = ""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One job of a video that is made in parts: who makes it, in which tier, and how many new seconds.

    One that continues another begins with the last `tail` seconds of it.
    """

    model: str
    sold_by: str
    resolution: str
    ratio: str
    seconds: int
    tail: int = 0


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a client ordered of a name that stands for other models, beside the request to the one that makes it.

    `model` is the name that was asked for, `sold_by` the dialect of the row that makes it; mode, resolution and ratio
    are the name's own. The video is to have `width` x `height` pixels (0: its input decides) and be `seconds` long
    (0: its source decides).
    """

    model: str
    sold_by: str
    mode: Mode
    resolution: str
    ratio: str
    seconds: int
    width: int = 0
    height: int = 0
    as_it_came: bool = False
    """A file in another size is left as its maker gave it."""
    any_picture: bool = False
    """A first frame of another shape is taken; what it makes is cropped."""

    extends: bool = False
    """A clip is extended: `seconds` are the new ones, and the video is the whole."""
    parts: tuple[Part, ...] = ()
    """The jobs that make it, where one alone can't."""
    at: int = 0
    """Which of the parts the request is."""
    made: tuple[Media, ...] = ()
    """The films that come before it: the clip that is extended, and the parts that are made."""
    inputs: tuple[Media, ...] = ()
    """What the client ordered it with, once the request has other inputs."""

    @property
    def size(self) -> tuple[int, int]:
        """The ordered pixels, (0, 0) where an input decides."""
        return self.width, self.height

    @property
    def left(self) -> int:
        """How many parts follow."""
        return max(0, len(self.parts) - self.at - 1)

    @property
    def makers(self) -> tuple[str, ...]:
        """The models that make the parts, each once."""
        return tuple(dict.fromkeys(part.model for part in self.parts))


class VideoRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a client wants, in one vocabulary. Frozen, typed, no I/O.

    `resolution` is a tier in lower case (`720p`), `ratio` is `W:H` or `adaptive`, `duration` is whole seconds or
    `AUTO_DURATION`; `frames`, where it is not 0, is the exact length, and `duration` the seconds that are billed for
    it. `seed` is always set: admission draws one when the client names none. `ignored` names fields that were taken
    but have no effect.
    """

    model: str
    mode: Mode
    prompt: str
    resolution: str
    ratio: str
    duration: int
    seed: int
    negative_prompt: str = ""
    media: tuple[Media, ...] = ()
    audio: bool = True
    keep_audio: bool = False
    """An edit keeps the source's own sound (`audio_setting: origin`)."""
    music: bool = False
    watermark: bool = False
    prompt_extend: bool = False
    return_last_frame: bool = False
    web_search: bool = False
    camera_fixed: bool = False
    frames: int = 0
    offpeak: bool = False
    """It may wait for hours, at the off-peak price."""
    draft: bool = False
    """A cheap preview, where the vendor makes such."""
    expires_after: int = 0
    """Seconds after its creation at which an unfinished task ends; 0 leaves them to the server."""
    client_ref: str = ""
    """The client's own note on the task, handed back to it."""
    callback_url: str = ""
    """Where the client wants news of the task's moves sent."""
    remixed_from: str = ""
    """The id of the task that this one was made from."""
    ignored: tuple[str, ...] = ()
    seed_given: bool = False
    """The client named the seed."""
    unsent: tuple[str, ...] = ()
    """Settings that differ from the model's own and that the provider of the newest attempt has no field for."""
    order: Order | None = None
    """The order, if `model` is a stand-in for the name that the client sent."""

    @property
    def named(self) -> str:
        """The public model id that the client gave."""
        return self.order.model if self.order else self.model

    @property
    def without_effect(self) -> tuple[str, ...]:
        """All that was taken and has no effect: what the model ignores, and what its provider was not told."""
        return tuple(dict.fromkeys(self.ignored + self.unsent))

    @property
    def ordered(self) -> VideoRequest:
        """The request as the client gave it, before a model was chosen that makes it."""
        order = self.order
        if order is None:
            return self
        return replace(
            self,
            model=order.model,
            mode=order.mode,
            resolution=order.resolution,
            ratio=order.ratio,
            duration=order.seconds,
            media=order.inputs if order.made else self.media,
            order=None,
        )

    @property
    def total_seconds(self) -> int:
        """The whole seconds of the video that was ordered, the extended clip's included; 0 if that is open."""
        order = self.order
        if order is None or not order.extends:
            return order.seconds if order else max(0, self.duration)
        films = order.made or self.of(Role.FIRST_CLIP)
        return order.seconds + round(films[0].facts.seconds if films and films[0].facts else 0.0)

    @property
    def seconds(self) -> float:
        """How long the video is to be; AUTO_DURATION where that is left to its maker."""
        return self.frames / FPS if self.frames else self.duration

    @property
    def staged(self) -> bool:
        """Whether every input is in our own keeping."""
        return all(item.blob for item in self.media)

    def of(self, role: Role, kind: MediaKind | None = None) -> tuple[Media, ...]:
        """Return the inputs with that role (and kind), in the client's order."""
        return tuple(m for m in self.media if m.role is role and kind in (None, m.kind))


class Output(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finished video as measured after it was made, and where it is kept.

    `seconds` and `frames` are counted in the file; `duration` are the whole seconds that count for the answer and the
    bill: the requested ones where the file has them, else its own.
    """

    blob: str
    bytes: int
    width: int
    height: int
    seconds: float
    fps: float
    frames: int
    duration: int
    audio: bool
    seed: int
    ratio: str
    last_frame: str = ""
    """The blob of the last frame's picture, when it was asked for."""
    thumbnail: str = ""
    contact_sheet: str = ""
    """The blobs of small pictures of the video; empty if its maker gave none."""
    said_seconds: float = 0.0
    """The length by the vendor's answer, 0 without a possible one: kept beside the measured one, never billed."""
    made_by: str = ""
    """The kind of provider that made it (`animatic`, `dashscope`, …); empty for a video older than this field."""
    notes: dict[str, Any] = {}

    @property
    def facts(self) -> Facts:
        """What a probe of the file finds: a finished video is an input like any other."""
        return Facts(
            kind=MediaKind.VIDEO,
            format="mp4",
            bytes=self.bytes,
            width=self.width,
            height=self.height,
            seconds=self.seconds,
            fps=self.fps,
            frames=self.frames,
            has_audio=self.audio,
        )
