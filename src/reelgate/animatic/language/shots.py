"""Cuts a prompt into shots: which words belong to which, what each takes over from the one before, how long each is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon, normalise
from reelgate.animatic.language.markup import ShotMark, marks_of
from reelgate.animatic.language.storyboard import CameraMove, Reading, Storyboard, board_of, layout_of, read
from reelgate.render.job import FPS, RenderJob

DISSOLVE_FRAMES = FPS // 2
_SHORTEST = FPS  # a shot of less than a second can't be read
_SENTENCE = re.compile(r"[.!?;]+(?=\s|$|[^\x00-\x7f])|[。\n]+")
_SHOWN = frozenset({"place", "subject", "colour", "count", "scale", "clothes", "action", "relation"})
_EVENTS = frozenset({"subject", "place", "action"})
_TELLING = _EVENTS | {"camera", "framing", "time", "pronoun"}
"""Any of these makes a shot of what has a number, a time code or a heading of its own."""

_SEASONS = re.compile("spring|summer|autumn|winter|[春夏秋冬]")
_OF_A_YEAR = ("spring", "summer", "autumn", "winter")
_YEAR = re.compile(
    r"\bfour seasons\b(?! (?:hotel|resort|restaurant))|\ball (?:the )?seasons\b|春夏秋冬|四季(?!如春|常青|酒店|豆)"
)
"""Words for a scene through the year."""

_STORY = 14
"""Terms in two stretches together from which on they are a story, which goes from place to place."""

_PASSING = frozenset({"time", "season", "weather"})
"""What may become another while nothing else does: day turns into night."""

_KEPT = ("time", "weather", "season")
"""What stays until another shot says otherwise."""


class Shot(msgspec.Struct, frozen=True):
    """One shot of the clip: `frames` from frame `first` on; with `dissolve` the shot before melts into it."""

    board: Storyboard
    first: int
    frames: int
    dissolve: bool = False


class Shots(msgspec.Struct, frozen=True):
    """A prompt as shots, one after the other. `unshown` is the text of those that the clip is too short for."""

    shots: tuple[Shot, ...]
    unshown: tuple[str, ...] = ()


class _Span(msgspec.Struct, frozen=True):
    """A stretch of the prompt: how it begins (sentence, then, cut, dissolve, becomes, season or mark), where, the terms
    in it.

    `seconds` is how long it is said to be, 0 where nothing is said.
    """

    begins: str
    start: int
    end: int
    terms: tuple[Term, ...]
    seconds: float = 0.0

    def slots(self) -> set[str]:
        return {term.slot for term in self.terms}

    def values(self, slot: str) -> set[str]:
        return {term.value for term in self.terms if term.slot == slot}


def shots_of(job: RenderJob) -> Shots:
    """Read a job's prompt as shots. Never fails; a prompt of one scene is one shot, `understand` gives the same."""
    reading = read(job.prompt, job.negative_prompt)
    text = normalise(job.prompt)
    spans = _in_seasons(_folded(_spans(text, reading.terms)), text)
    shown = spans[: max(1, job.frames // _SHORTEST)]
    lengths = _lengths(shown, job.frames)
    seed, crc = layout_of(job.prompt, job.seed)
    shots: list[Shot] = []
    for number, (span, terms) in enumerate(zip(shown, _complete(shown), strict=True)):
        layout = (seed, (crc + (0 if span.begins == "season" else number)) & 0xFFFFFFFF)
        board = board_of(Reading(terms, reading.unwanted, reading.removed), layout, lengths[number] / FPS)
        if job.camera_fixed:
            board = msgspec.structs.replace(board, camera=CameraMove("static"))
        # Between two times of day there is a while, which a dissolve stands for.
        passing = bool(shots) and board.time != shots[-1].board.time
        soft = span.begins in ("dissolve", "becomes", "season") or (passing and span.begins not in ("cut", "mark"))
        shots.append(Shot(board, sum(lengths[:number]), lengths[number], dissolve=bool(shots) and soft))
    return Shots(tuple(shots), tuple(text[span.start : span.end].strip() for span in spans[len(shown) :]))


def _spans(text: str, terms: Sequence[Term]) -> list[_Span]:
    """Cut a text at its marks and the words of the slot `cut`; where it has no marks, at its sentence ends too."""
    marks = marks_of(text)
    if any(term.slot == "take" for term in terms) and not marks:
        return [_Span("sentence", 0, len(text), tuple(terms))]
    cuts = {} if marks else {match.end(): "sentence" for match in _SENTENCE.finditer(text)}
    cuts |= {term.at: term.value for term in terms if term.slot == "cut" and not (marks and term.value == "then")}
    cuts |= {mark.at: "sentence" if mark.opening else "mark" for mark in marks}
    ends = [*sorted(cuts), len(text)]
    spans = [_Span("sentence", 0, ends[0], _within(terms, 0, ends[0]))]
    spans += [_Span(cuts[a], a, b, _within(terms, a, b), _seconds(marks, a)) for a, b in pairwise(ends)]
    return spans


def _in_seasons(spans: list[_Span], text: str) -> list[_Span]:
    """Return the one scene of a prompt once for each season, if it is told through the year."""
    if len(spans) != 1 or not (_YEAR.search(text) or len(spans[0].values("season")) > 3):
        return spans
    (whole,) = spans
    terms = tuple(term for term in whole.terms if term.slot != "season")
    said = [Term("season", season, season, whole.start, whole.start) for season in _OF_A_YEAR]
    return [_Span("season", whole.start, whole.end, (*terms, one)) for one in said]


def _seconds(marks: Sequence[ShotMark], at: int) -> float:
    return next((mark.seconds for mark in marks if mark.at == at), 0.0)


def _within(terms: Sequence[Term], start: int, end: int) -> tuple[Term, ...]:
    return tuple(term for term in terms if start <= term.at < end)


def _folded(spans: Sequence[_Span]) -> list[_Span]:
    """Join the stretches that only continue a description."""
    shots = [spans[0]]
    for span in spans[1:]:
        before = shots[-1]
        if _opens(span, before):
            shots.append(span)
        else:
            begins = before.begins if before.slots() & _EVENTS or before.begins == "becomes" else span.begins
            seconds = before.seconds + span.seconds
            shots[-1] = _Span(begins, before.start, span.end, before.terms + span.terms, seconds)
    return shots


def _opens(span: _Span, before: _Span) -> bool:
    """Tell whether a stretch is a shot of its own."""
    slots = span.slots()
    if span.begins == "mark":
        return bool(slots & _TELLING)
    there = before.slots() & {"subject", "place"}
    passes = span.begins == "becomes" and _passes(span, before)
    goes_on = span.begins == "then" and slots & _PASSING
    if passes or not there or not (slots & _EVENTS or goes_on):
        return passes
    if span.begins in ("cut", "dissolve", "becomes"):
        return True
    if span.begins == "then":
        kinds = lexicon().kinds
        newcomers = {
            kind
            for kind in span.values("subject") - before.values("subject")
            if not (kinds[kind].family or kinds[kind].still)
        }
        return bool(newcomers) or any(span.values(slot) - before.values(slot) for slot in ("place", "time", "weather"))
    story = len(span.terms) + len(before.terms) > _STORY
    first = next((term.value for term in span.terms if term.slot == "place"), "")
    somewhere_else = first and not (span.values("place") if not story else {first}) & before.values("place")
    seasons = {term.value for term in span.terms if term.slot == "season" and _SEASONS.search(term.phrase)}
    if _is_later(span, before) or (story and before.values("season") and seasons - before.values("season")):
        return True
    happening = bool(slots & {"subject", "action", "time"})
    return bool(somewhere_else and before.values("place") and happening and "distance" not in slots)


def _is_later(span: _Span, before: _Span) -> bool:
    """Tell whether a stretch opens with another time of day than the one before has: "at night he sleeps"."""
    first = next((term for term in span.terms if term.slot not in ("stop", "nothing", "count")), None)
    then = {term.value for term in before.terms if term.slot == "time" and _HOURS.search(term.phrase)}
    opens = first is not None and first.slot == "time" and bool(_HOURS.search(first.phrase))
    return opens and bool(then) and first is not None and first.value not in then


_HOURS = re.compile("morning|noon|evening|night|dawn|dusk|sunset|sunrise|day|早|晚|夜|午|晨|黄昏|白天|日出|日落")


def _passes(span: _Span, before: _Span) -> bool:
    """Tell whether a stretch changes the time, season or weather of the same scene: "turns into night", "from
    spring to winter"; nothing passes "close to sunset"."""
    told = [term for term in span.terms if term.slot in _PASSING]
    new = [term for term in told if before.values(term.slot) - {term.value}]
    joined = any(term.at == span.start for term in told)
    there = before.slots() & {"subject", "place"}
    return bool(new) or bool(told and there and not joined and not any(before.values(t.slot) for t in told))


def _complete(spans: Sequence[_Span]) -> list[tuple[Term, ...]]:
    """Give each shot what it leaves out and the others say."""
    of_all = {style for style, facts in lexicon().styles.items() if facts.overall}
    overall = [term for span in spans for term in span.terms if term.slot == "style" and term.value in of_all]
    whole: list[tuple[Term, ...]] = []
    for span, following in zip(spans, [*spans[1:], None], strict=True):
        own = [] if span.values("style") & of_all else list(overall)
        if following and following.begins == "becomes" and "place" not in span.slots():
            of_both = {"place"} if span.slots() & _EVENTS else _SHOWN
            own += [term for term in following.terms if term.slot in of_both]
        if whole:
            kept = _taken_over(span, {term.value for term in whole[-1] if term.slot in ("subject", "place")})
            own += [term for term in whole[-1] if term.slot in kept]
        whole.append((*own, *span.terms))
    return whole


def _taken_over(span: _Span, there: set[str]) -> set[str]:
    """Return the slots that a shot takes over from the one before, if some kinds and places are `there`."""
    slots, kinds, places = span.slots(), lexicon().kinds, lexicon().places
    kept = {slot for slot in _KEPT if slot not in slots}
    homes = {
        kinds[kind].place for kind in span.values("subject") - there if not (kinds[kind].family or kinds[kind].still)
    }
    elsewhere = {home for home in homes - there if home and "own_element" in places[home].traits}
    if "place" not in slots and not elsewhere:
        kept.add("place")
    if "subject" not in slots and (slots & {"action", "pronoun"} or "place" not in slots):
        kept |= {"subject", "colour", "count", "scale", "clothes"} | ({"action"} - slots)
    return kept


def _lengths(spans: Sequence[_Span], frames: int) -> list[int]:
    """Share the frames out as the spans say; else a second for each and the rest by how much there is to say."""
    told = [span.seconds for span in spans]
    if all(told):
        shares, spare = told, float(frames)
        lowest, highest = 0.4, float("inf")
    else:
        shares, spare = [span.end - span.start for span in spans], max(frames - _SHORTEST * len(spans), 0)
        lowest, highest = 0.6, 1.6
    mean = sum(shares) / len(shares) or 1
    shares = [min(max(share / mean, lowest), highest) for share in shares]
    base = (frames - spare) / len(spans)
    ends = [round(base * (i + 1) + spare * sum(shares[: i + 1]) / sum(shares)) for i in range(len(spans))]
    return [b - a for a, b in pairwise([0, *ends])]
