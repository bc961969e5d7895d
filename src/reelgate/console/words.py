"""The console's languages: English in the templates, Chinese from a catalogue that needs no compilation."""

from __future__ import annotations

import contextvars
import functools
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources

from babel.dates import format_datetime, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from reelgate.errors import ReelgateError

LANGUAGES = {"en": "English", "zh": "中文"}
"""By code, each in its own words."""

_LOCALES = {"en": "en", "zh": "zh_Hans_CN"}
_MICROS = 1_000_000
_NAMES = re.compile(r"(?<=^Not )[^:]+(?=: a stand-in)|(?<=: a stand-in for ).+$")
"""What a stand-in is not, and the id that it is offered under, in its title."""
_language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default="en")


def speak(language: str) -> None:
    """Have everything that this request renders be in a language."""
    _language.set(language if language in LANGUAGES else "en")


def spoken() -> str:
    """Return the language of this request."""
    return _language.get()


def locale() -> str:
    """Return the locale by which this request writes dates and numbers."""
    return _LOCALES[spoken()]


def wished(accept_language: str) -> str:
    """Return the available language that a browser prefers: `zh-CN,zh;q=0.9,en;q=0.8`."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:16]:
        name, _, quality = part.strip().partition(";q=")
        code = name.partition("-")[0].lower()
        if code in LANGUAGES:
            try:
                wishes.append((float(quality or 1), code))
            except ValueError:
                continue
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else "en"


def translated(text: str) -> str:
    """Return a text of the templates in this request's language; the text itself if the catalogue has none."""
    return catalogue(spoken()).get(text, text)


def counted(one: str, many: str, count: int) -> str:
    """Return a text for a number of things; Chinese has one form."""
    text = one if count == 1 else many
    return catalogue(spoken()).get(many, text) if spoken() != "en" else text


def refusal(error: ReelgateError) -> str:
    """Return what an error says, which is English; in another language after what errors of its kind mean."""
    return catalogue(spoken()).get(type(error).__name__, "") + error.message


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Return a language's texts by the English ones."""
    if language == "en":
        return {}
    file = resources.files(__package__).joinpath("locale", language, "console.po")
    with file.open("rb") as opened:
        return {str(message.id): str(message.string) for message in read_po(opened) if message.id and message.string}


def money(micros: int) -> str:
    """Return an amount as people read it, exact: `0.952`."""
    whole, rest = divmod(abs(micros), _MICROS)
    digits = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{format_decimal(whole, locale=_LOCALES[spoken()])}.{digits}"


def plain(micros: int) -> str:
    """Return millionths as a form's field has them: `1250.5`."""
    return f"{Decimal(micros).scaleb(-6):f}".rstrip("0").rstrip(".") if micros % _MICROS else str(micros // _MICROS)


def day(seconds: int | None) -> str:
    """Return a time, in Unix seconds, as a form's field has a day: `2027-01-31`, UTC; empty for none."""
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def moment(at: int) -> str:
    """Return a time, in milliseconds, as a date and a time of day in UTC."""
    return format_datetime(datetime.fromtimestamp(at / 1000, UTC), "medium", locale=_LOCALES[spoken()]) + " UTC"


def moment_of(seconds: int | None) -> str:
    """Return a time, in Unix seconds, as a date and a time of day in UTC; "–" if there is none."""
    return "–" if seconds is None else moment(seconds * 1000)


def stamp(seconds: int) -> str:
    """Return a time, in Unix seconds, as machines read it: `2027-01-31T12:00:00Z`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def ago_of(seconds: int, now: float) -> str:
    """Return how long before or after now a time was, in words; all in Unix seconds."""
    return ago(int(seconds * 1000), int(now * 1000))


def brief(seconds: float) -> str:
    """Return a span of time in few words: `3 min`."""
    return format_timedelta(round(seconds), format="short", locale=locale())


def number(value: int) -> str:
    """Return a number with its thousands apart: `1,000`."""
    return format_decimal(value, locale=locale())


def listed(texts: Iterable[object]) -> str:
    """Return texts one after the other, with the language's own comma."""
    return ("、" if spoken() == "zh" else ", ").join(map(str, texts))


def title(text: str) -> str:
    """Return a model's title in this request's language, translated part by part between its commas."""
    return translated(", ").join(_titled(part) for part in text.split(", "))


def _titled(part: str) -> str:
    """Translate a part of a title; in a stand-in's, the names stay as they are."""
    names = _NAMES.findall(part)
    return translated(_NAMES.sub("%s", part)) % tuple(names) if names else translated(part)


def since(seconds: float) -> str:
    """Return a span of time in words: `3 minutes`."""
    return format_timedelta(round(seconds), locale=locale())


def ago(at: int, now: int) -> str:
    """Return how long ago a time was, in words."""
    return format_timedelta((at - now) // 1000 or -1, add_direction=True, locale=_LOCALES[spoken()])
