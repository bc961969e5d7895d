"""The terms of a price: what a task was quoted, kept with it, from which its finished video is charged."""

from __future__ import annotations

import msgspec

from reelgate.tasks.projects import PPM

_MILLION = 1_000_000


class Measure(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much of what is billed a video comes to: whole seconds, and tokens where a rule counts them."""

    seconds: int = 0
    tokens: int = 0


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rule that priced a task, its rates in micro-units, and how much was held for.

    `by_output`: what is charged is counted again from the finished video; else it is what was held.
    """

    rule: str
    held: Measure
    per_second: int = 0
    per_task: int = 0
    per_million_tokens: int = 0
    minimum: int = 0
    multiplier_ppm: int = PPM
    by_output: bool = False
    agreed_seconds: int = 0
    """The agreed seconds; no more are billed than were delivered. 0 if none were agreed."""
    quote: str = ""
    """The id of the quote that pinned them."""

    def price(self, measure: Measure) -> int:
        """Return the price of a quantity, in whole micro-units; each fraction is rounded up."""
        tokens = _up(self.per_million_tokens * measure.tokens, _MILLION)
        listed = max(self.minimum, self.per_task + self.per_second * measure.seconds + tokens)
        return _up(listed * self.multiplier_ppm, PPM)

    def sum(self) -> str:
        """Return the sum that made the price, in words."""
        parts = [f"{self.per_task} a task"] if self.per_task else []
        parts += [f"{self.held.seconds} s x {self.per_second}"] if self.per_second else []
        parts += [f"{self.held.tokens} tokens x {self.per_million_tokens} a million"] if self.per_million_tokens else []
        text = " + ".join(parts) or "0"
        text = f"at least {self.minimum}: {text}" if self.minimum else text
        return text if self.multiplier_ppm == PPM else f"({text}) x {self.multiplier_ppm} ppm"


def encode(terms: Terms) -> str:
    """Return the terms as a task keeps them."""
    return _encode(terms).decode()


def decode(text: str) -> Terms:
    """Return the terms that a task keeps."""
    return _decode(text)


def _up(number: int, by: int) -> int:
    return -(-number // by)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Terms).decode
