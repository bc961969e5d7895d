"""Prices in the catalog: a simple table by tier, and rules if a table is not enough."""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase

import msgspec

from reelgate.request import MediaKind, Mode, VideoRequest


class PriceRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a request costs to which it applies, in micro-units: `per_task`, and for each second and million tokens.

    An empty list or None applies to all; `models` are ids with `*` and `?`. It holds from the day `from` on (UTC) and
    no longer on the day `until`. The sum is at least `minimum`; fractions of a micro-unit are rounded up. Tokens are
    Ark's: width x height x frames / 1024, with 24 frames a second and one more, input clips included.
    """

    name: str = ""
    models: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    resolutions: tuple[str, ...] = ()
    audio: bool | None = None
    offpeak: bool | None = None
    input_video: bool | None = None
    draft: bool | None = None
    since: dt.date | None = msgspec.field(name="from", default=None)
    until: dt.date | None = None
    per_second: int = 0
    per_task: int = 0
    per_million_tokens: int = 0
    minimum: int = 0
    default_seconds: int = 0
    """What an edit bills when the request states no duration; 0: the measured output."""
    by_output: bool = False
    """The measured output counts even where a length was agreed on; the hold is for the agreed length."""
    source: str = ""
    date: str = ""

    def sells(self, model_id: str, dialect: str) -> bool:
        """Tell whether the rule is about that model."""
        named = not self.models or any(fnmatchcase(model_id, glob) for glob in self.models)
        return named and (not self.dialects or dialect in self.dialects)

    def fits(self, request: VideoRequest, at: int) -> bool:
        """Tell whether the rule prices a request that comes `at` (ms)."""
        return (
            _among(request.mode, self.modes)
            and _among(request.resolution, self.resolutions)
            and self.audio in (None, request.audio)
            and self.offpeak in (None, request.offpeak)
            and self.draft in (None, request.draft)
            and self.input_video in (None, has_video(request))
            and self._holds(at)
        )

    def _holds(self, at: int) -> bool:
        if self.since is None and self.until is None:
            return True
        day = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a second of video costs in micro-units of the deployment's currency, by resolution tier.

    `source` and `date` tell where the figures come from. Tiers that the model does not sell may be listed too. A table
    without any tier leaves the price to the rules.
    """

    source: str
    date: str
    per_second: dict[str, int] = {}
    offpeak: dict[str, int] = {}
    """The same for a task that may wait; empty if the model is not sold so."""
    default_seconds: int = 0
    """What an edit bills when the request states no duration; 0: the measured output."""
    by_output: bool = False
    """As in a PriceRule."""
    free: bool = False
    """Costs nothing in every tier, unless a rule says otherwise."""

    def rule(self, request: VideoRequest, model_id: str) -> PriceRule | None:
        """Return the table's line for a request as a rule, None without such a line."""
        if self.free:
            return PriceRule(name=f"{model_id} free", source=self.source, date=self.date)
        micros = (self.offpeak if request.offpeak else self.per_second).get(request.resolution, 0)
        if micros <= 0:
            return None
        return PriceRule(
            name=f"{model_id} {request.resolution}{' off-peak' if request.offpeak else ''}",
            per_second=micros,
            default_seconds=self.default_seconds,
            by_output=self.by_output,
            source=self.source,
            date=self.date,
        )


def has_video(request: VideoRequest) -> bool:
    """Tell whether a clip is given."""
    return any(item.kind is MediaKind.VIDEO for item in request.media)


def _among(value: str, choices: tuple[str, ...]) -> bool:
    return not choices or value in choices
