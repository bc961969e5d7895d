"""Who and what a prompt names: nouns bound to the colours, numbers, clothes and verbs that are told of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon

MAX_SUBJECTS = 4
MENTIONS = 32  # of somebody or something that are looked at
WEARING_REACH = 40  # characters between somebody and what they wear: "a woman dancing in a long red dress"
BINDING_REACH = 14  # characters between an adjective and its noun: "white and very fast horse", 红色的敞篷跑车
_CHANGES_REACH = 20  # characters between a thing and the colour that it has or takes on: "a wall turns from red"
NEARBY = 80  # characters around a noun in which anything is said of it but its verb
TOGETHER_REACH = 10  # characters between "chases" and who runs too
SAID_REACH = 12  # characters between "without" or "like" and what it is said of
LIST_GAPS = {True: 6, False: 2}  # characters between two that are told together: "no cars or people", 汽车和行人

_NOT_TOPS = frozenset({"trousers", "hat", "hair", "shoes", "skirt"})
"""What is worn beside the garment that gives somebody their colour."""

_OF_WHOEVER_FOLLOWS = frozenset({"sit", "stand", "lie", "sleep", "fly", "run", "walk", "swim", "jump", "dance"})
"""What whoever is named right after it does: "a sleeping tiger", 坐着一个和尚; after "riding" is what is ridden."""

_DEEDS = frozenset({
    "kick", "basket", "play", "violin", "flute", "zither", "pipa", "fish", "ski", "skate", "surf", "taichi", "climb",
    "cook", "type", "write", "paint", "phone", "pray", "meditate", "salute", "photograph", "sweep", "skateboard",
    "talk", "sing", "hug", "clap", "kneel", "laugh", "cry", "yawn", "smoke", "think", "groom", "dress",
    "exercise", "squat", "pushup", "lift", "drum", "dig", "swing", "volley", "shoot", "shake", "pet", "feed", "knit",
    "game", "iron", "massage", "trumpet", "juggle", "conduct", "stretch", "wash", "operate", "cut", "stir", "arrange",
    "watch", "strum", "fence", "fight", "harvest",
})  # fmt: skip
"""What only people do, so that there is somebody where nobody is named: 踢足球."""

_POSTURES = frozenset({"sit", "stand"})

_TOWARDS = "过向在到进入往"
"""Where a verb ends like this, what follows is where it leads: 飞过城堡, as in "passes a castle"."""

_THINGS = frozenset({"subject", "place", "clothes", "detail", "weather", "time", "spectacle"})
"""Slots of what can have a colour or a number of its own."""

_COMPOUND = frozenset({"place", "weather", "time"})
"""Things that may be the first word of another: "a red city bus"."""

_PLAIN = frozenset({"count", "colour", "pace", "framing", "style", "copula", "scale"})
"""Slots of the small words that may stand between a word and its noun."""


class Garment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody wears; `colour` is a word, empty where none is told."""

    kind: str
    colour: str = ""


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """Someone or something that the prompt names. `colour` is a word, empty for the kind's own.

    `scale` is giant, large or small where it is so for its kind, `side` left or right where the words put it there,
    `holds` the kind of what is in somebody's hand. `then` is what they do next, in the second half of the shot.
    """

    kind: str
    action: str = "stand"
    colour: str = ""
    count: int = 1
    clothes: tuple[Garment, ...] = ()
    scale: str = ""
    side: str = ""
    holds: str = ""
    then: str = ""


def said_of(terms: Sequence[Term], slot: str) -> list[Term]:
    """Return the terms that words of a slot are said of: what comes right after each, and what is listed with it."""
    said: list[Term] = []
    until, listed = -1, frozenset[str]()
    for _, group in groupby(terms, key=lambda term: term.at):
        found = tuple(group)
        slots = frozenset(term.slot for term in found)
        if slot in slots:
            until, listed = found[0].end + SAID_REACH, frozenset()
        elif found[0].at > until or (listed and not slots & (listed | {"stop"})):
            until = -1
        elif "stop" in slots:
            until = until if listed and found[0].value == "list" else -1
        else:
            said += found
            if not slots <= _PLAIN:
                until, listed = found[0].end + LIST_GAPS[found[0].phrase[-1].isascii()], slots - _PLAIN
    return said


def subjects_of(terms: Sequence[Term]) -> tuple[Subject, ...]:
    """Bind each noun to the colour, the number and the clothes told of it, and to the nearest verb.

    Who is named again is the same, unless in another colour.
    """
    terms = sorted(terms, key=lambda term: term.at)
    nouns = [term for term in terms if term.slot == "subject"][:MENTIONS]
    near = [_near(noun, terms) for noun in nouns]
    worn, dyes = _clothes(nouns, terms)
    sides = _sides(nouns, terms)
    seen: list[Subject] = []
    names: dict[str, str] = {}
    for number, (noun, verb) in enumerate(zip(nouns, _verbs(nouns, near, terms), strict=True)):
        clothes = tuple(worn.get(number, ()))
        tops = [garment.colour for garment in clothes if garment.kind not in _NOT_TOPS and garment.colour]
        left = [term for term in near[number] if term not in dyes]
        colour = tops[0] if tops else _before(noun, "colour", left) or _told_after(noun, left)
        then = _next(noun, verb, nouns, terms)
        count, scale = _number(noun, near[number]), _before(noun, "scale", near[number])
        kind = _somebody_else(noun, names, terms)
        _add(seen, Subject(kind, verb, colour, count, clothes, scale, sides.get(number, ""), then=then))
    riding = [subject for subject in seen if subject.action == "ride"]
    if not seen:
        seen = [Subject("person", verb.value) for verb in terms if verb.slot == "action" and verb.value in _DEEDS][:1]
    if riding and all(lexicon().kinds[subject.kind].rideable for subject in riding):
        seen.insert(0, Subject("person", "ride"))  # 骑马, by somebody whose name is all that is told
    return tuple(seen[:MAX_SUBJECTS])


def _near(noun: Term, terms: Sequence[Term]) -> Sequence[Term]:
    """Return the terms around a noun that could be said of it."""
    first = bisect_left(terms, noun.at - NEARBY, key=lambda term: term.at)
    return terms[first : bisect_left(terms, noun.at + NEARBY, key=lambda term: term.at)]


def _somebody_else(noun: Term, names: dict[str, str], terms: Sequence[Term]) -> str:
    """Return the kind of a noun; who is named by another word of the same plain kind is somebody else: "a clerk ... a
    colleague". `names` keeps the word of each kind."""
    first = names.setdefault(noun.value, noun.phrase)
    again = noun.phrase in first or first in noun.phrase or first in _ANYBODY or noun.phrase in _ANYBODY
    again = again or "other" in noun.phrase or noun.phrase.startswith("另")
    if noun.value != "person" or again or any(term.slot == "subject" and term.value == "woman" for term in terms):
        return noun.value
    return "woman"


_ANYBODY = frozenset({"person", "people", "人", "人们", "they", "他们", "人物", "主角", "character", "hero", "actor"})
"""Words for a person that may refer to one who was named before."""


def _add(seen: list[Subject], one: Subject) -> None:
    """Add a subject, or what is new of it to the one named before."""
    for number, other in enumerate(seen):
        if other.kind == one.kind and (not one.colour or other.colour in ("", one.colour)):
            action = one.action if other.action == "stand" else other.action
            again = one.action if one.action not in ("stand", action) else one.then
            new = {name: getattr(other, name) or getattr(one, name) for name in ("colour", "clothes", "scale", "side")}
            count = one.count if other.count == 1 else other.count
            seen[number] = msgspec.structs.replace(other, action=action, count=count, then=other.then or again, **new)
            return
    seen.append(one)


def _clothes(nouns: Sequence[Term], terms: Sequence[Term]) -> tuple[dict[int, list[Garment]], list[Term]]:
    """Return what each noun, by its position, wears, and the colours that are said of clothes."""
    worn: dict[int, list[Garment]] = {}
    dyes: list[Term] = []
    told = sorted(
        (term for term in terms if term.slot in ("colour", "clothes", "subject")),
        key=lambda term: (term.at, term.slot == "clothes"),
    )
    people = [(number, noun) for number, noun in enumerate(nouns) if lexicon().kinds[noun.value].person]
    following: int | None = None  # who wears the garment that comes next
    for place in range(len(told) - 1, -1, -1):
        garment, dye = told[place], told[place - 1] if place else None
        if garment.slot != "clothes":
            following = following if garment.slot == "colour" else None
            continue
        following = _wearer(garment, people, following)
        if following is None:
            continue
        coloured = dye and dye.slot == "colour" and garment.at - dye.at <= BINDING_REACH
        if dye and coloured:
            dyes.append(dye)
        worn.setdefault(following, []).insert(0, Garment(garment.value, dye.value if dye and coloured else ""))
    return worn, dyes


def _wearer(garment: Term, people: Sequence[tuple[int, Term]], following: int | None) -> int | None:
    """Return the position of the noun that wears a garment: who comes right after it or after others that they wear,
    else who was told of before."""
    after = [number for number, noun in people if _joined(garment, noun.at)]
    before = [number for number, noun in people if 0 <= garment.at - noun.at <= WEARING_REACH]
    return after[0] if after else before[-1] if before else following


def _sides(nouns: Sequence[Term], terms: Sequence[Term]) -> dict[int, str]:
    """Return the side of each noun, by its position: "a horse on the left", 左侧是一匹马."""
    sides: dict[int, str] = {}
    for side in [term for term in terms if term.slot == "side"][:MENTIONS]:
        begins = max((term.end for term in terms if term.slot == "stop" and term.end <= side.at), default=0)
        before = [number for number, noun in enumerate(nouns) if begins <= noun.at < side.at]
        after = [number for number, noun in enumerate(nouns) if 0 <= noun.at - side.end <= BINDING_REACH]
        for number in before[-1:] or after[:1]:
            sides[number] = side.value
    return sides


def _before(noun: Term, slot: str, terms: Sequence[Term]) -> str:
    """Return what is said of a noun before it, where nothing comes between that it would rather be said of."""
    edge = noun.at
    named = {term.at for term in terms if term.slot == "subject"} - {noun.at}  # what these say is of themselves: 白马
    for term in reversed([t for t in terms if t.at < noun.at or (t.at == noun.at and t.slot == slot)]):
        other = term.slot in _THINGS and not (term.slot in _COMPOUND and _joined(term, edge))
        if noun.at - term.end > BINDING_REACH or term.slot == "stop" or other or term.at in named:
            return ""
        if term.slot == slot:
            return (
                "" if slot == "colour" and _either(term, terms) and lexicon().kinds[noun.value].family else term.value
            )
        if slot == "colour" and term.slot == "count" and term.at < noun.at:
            return ""  # "a red rug, a cat"
        edge = term.at
    return ""


def _either(colour: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a colour is one of two: "black and white paint"."""
    return any(t.slot == "colour" and 0 < colour.at - t.end <= LIST_GAPS[True] for t in terms if t.at < colour.at)


def _number(noun: Term, terms: Sequence[Term]) -> int:
    """Return how many there are: the number said aloud, else what the word says itself, as "people" and "cats" do."""
    itself = [term for term in terms if term.slot == "count" and term.at == noun.at]
    aloud = _before(noun, "count", [term for term in terms if term not in itself])
    usual = lexicon().kinds[noun.value].many
    return int(itself[0].value if itself and aloud in ("", "1") else aloud or usual)


def _told_after(noun: Term, terms: Sequence[Term]) -> str:
    """Return the colour that a noun is said to have after it: "the bird is blue"."""
    after = [term for term in terms if term.at >= noun.end][:3]
    if lexicon().kinds[noun.value].family and after and after[0].slot in ("colour", "cut", "copula"):
        told = next((term for term in after if term.slot == "colour"), None)
        own = told and next((term for term in terms if term.at >= told.end and term.slot in _THINGS), None)
        if told and told.at - noun.end <= _CHANGES_REACH and not (own and own.at - told.end <= 1):
            return told.value
    after = after[:2]
    if [term.slot for term in after] != ["copula", "colour"]:
        return ""
    is_, colour = after
    return colour.value if is_.at - noun.end <= 1 and colour.at - is_.end <= 1 else ""


def _verbs(nouns: Sequence[Term], near: Sequence[Sequence[Term]], terms: Sequence[Term]) -> Iterator[str]:
    """Return what each noun does."""
    verbs = [term for term in terms if term.slot == "action"]
    told = [_told_before(noun, around) for noun, around in zip(nouns, near, strict=True)]
    others = [verb for verb, own in told if own]
    free = [verb for verb in verbs if verb not in others and not _of_the_air(verb, terms)]
    free = [verb for verb in free if not (_of_a_thing(verb, nouns) or _of_what_follows(verb, terms))]
    for noun, around, (verb, _) in zip(nouns, near, told, strict=True):
        if lexicon().kinds[noun.value].still:
            yield _befalling(noun, verbs, nouns)
        else:
            done = verb.value if verb else _together(noun, around) or _free(noun, nouns, free, terms)
            if done == "fly" and lexicon().kinds[noun.value].acts and _flown(noun, nouns, verbs):
                done = "stand"
            animal = lexicon().kinds[noun.value].sort == "animal"
            done = _on_its_ground(noun, done)
            running = (done == "charge" and lexicon().kinds[noun.value].alive) or (done == "drive" and animal)
            yield "run" if running else done


def _on_its_ground(noun: Term, done: str) -> str:
    """Return what is meant by gliding and drifting of what does not fly: a car drives, a swan swims."""
    kind = lexicon().kinds[noun.value]
    if done != "fly":
        return done
    home = lexicon().places.get(kind.place)
    if kind.sort == "vehicle" and (kind.crew or (home and "wheeled" in home.traits)):
        return "drive"
    return "swim" if (home and home.submerged) or noun.value in ("swan", "duck") else done


def _flown(noun: Term, nouns: Sequence[Term], verbs: Sequence[Term]) -> bool:
    """Tell whether what somebody flies is a thing: "flies a kite"."""
    verb = next((verb for verb in verbs if verb.value == "fly" and verb.at >= noun.at), None)
    kinds = lexicon().kinds
    return bool(verb) and any(
        0 <= other.at - verb.end <= BINDING_REACH and not kinds[other.value].alive for other in nouns if verb
    )


_BEFALLING = frozenset({"push", "roll", "spin", "fall", "boil", "melt", "break", "pour", "stir", "fly"})
"""What may happen to a thing."""


def _befalling(noun: Term, verbs: Sequence[Term], nouns: Sequence[Term]) -> str:
    """Return what happens to a thing that has only a shape: the first verb after it that things can do or suffer."""
    if not lexicon().kinds[noun.value].family or _holds_another(noun, verbs, nouns):
        return "stand"
    alive = [other.at for other in nouns if lexicon().kinds[other.value].alive]
    following = next((at for at in alive if at > noun.at), None)
    reach = TOGETHER_REACH if any(noun.at - NEARBY < at < noun.at for at in alive) else NEARBY
    after = [verb for verb in verbs if verb.at >= noun.end and (following is None or verb.at < following)]
    return next((verb.value for verb in after if verb.value in _BEFALLING and verb.at - noun.end < reach), "stand")


def _holds_another(noun: Term, verbs: Sequence[Term], nouns: Sequence[Term]) -> bool:
    """Tell whether something is only where another is of which the verb is told: 冰块在杯中融化."""
    before = [other for other in nouns if other.at < noun.at and lexicon().kinds[other.value].family]
    after = [verb for verb in verbs if 0 <= verb.at - noun.end <= TOGETHER_REACH]
    return bool(before) and bool(after) and 0 < noun.at - before[-1].end <= 4 and not noun.phrase[-1].isascii()


def _told_before(noun: Term, terms: Sequence[Term]) -> tuple[Term | None, bool]:
    """Return the verb joined to a noun before it, and whether it is of nobody else: "a sleeping tiger"."""
    edge, counted = noun.at, False
    for term in reversed([t for t in terms if t.at < noun.at and t.slot in _PLAIN | _THINGS | {"action", "stop"}]):
        if not _joined(term, edge) or term.slot not in _PLAIN | {"action"}:
            break
        if term.slot == "action":
            shared = any(other.slot == "together" and other.at == term.at for other in terms)
            led = term.phrase[-1] in _TOWARDS or (counted and term.phrase.isascii() and not shared)
            return (term, not shared) if term.value in _OF_WHOEVER_FOLLOWS and not led else (None, False)
        edge, counted = term.at, counted or term.slot == "count"
    return None, False


_ADVERB = 3  # characters of an adverb between what drifts and its verb: 落叶轻轻飘


def _of_the_air(verb: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a verb is of what drifts or gleams and is named right before it: "petals drifting", 白云飘."""
    if verb.value not in ("fly", "dance"):
        return False
    earlier = [term for term in terms[: bisect_left(terms, verb.at, key=lambda term: term.at)] if term.slot != "pace"]
    if not earlier:
        return False
    before = earlier[-1]
    drifts = before.slot == "spectacle" or (before.slot, before.value) == ("detail", "drifting")
    return drifts and before.at < verb.at and verb.at - before.end <= _ADVERB


def _of_what_follows(verb: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a verb is of what drifts and comes right after it: "falling petals"."""
    after = next((term for term in terms if term.at >= verb.end and term.slot != "action"), None)
    return verb.phrase.endswith("ing") and bool(after and after.slot == "spectacle" and _joined(verb, after.at))


def _of_a_thing(verb: Term, nouns: Sequence[Term]) -> bool:
    """Tell whether a verb is of a thing that is named right before it: "the cup falls", 坚果掉到地上."""
    if verb.value not in ("fall", "roll", "spin", "break", "melt", "boil"):
        return False
    if verb.phrase.startswith("drop"):
        return True
    before = [noun for noun in nouns if noun.at < verb.at]
    if not before or verb.at - before[-1].end > _CHANGES_REACH:
        return False
    return bool(lexicon().kinds[before[-1].value].family)


def _next(noun: Term, verb: str, nouns: Sequence[Term], terms: Sequence[Term]) -> str:
    """Return what somebody is told to do after something else: behind "then" or "suddenly", or in a later sentence of
    which nobody else is the subject."""
    kinds = lexicon().kinds
    if kinds[noun.value].still or verb == "stand":
        return ""
    others = [other.at for other in nouns if other.value != noun.value and kinds[other.value].alive]
    turns = [t for t in terms if t.at > noun.at and (t.slot in ("beat", "cut") or t.value == "sentence")]
    first = next((t.at for t in terms if t.slot == "action" and t.value == verb and t.at >= noun.at), noun.at)
    for turn in (t for t in turns if t.at > first):
        after = [t for t in terms if t.slot == "action" and t.at >= turn.end and t.value not in ("stand", verb)]
        after = [t for t in after if _can(noun, t)]
        if after and not any(turn.at < at < after[0].at for at in others) and after[0].at - turn.end < NEARBY:
            return after[0].value
    return ""


def _together(noun: Term, terms: Sequence[Term]) -> str:
    """Return what who is told of before does together with a noun: "chases the cat"."""
    before = [t for t in terms if t.at < noun.at and t.slot in _THINGS | {"together", "stop"}]
    last = before[-1] if before else None
    return last.value if last and last.slot == "together" and noun.at - last.end <= TOGETHER_REACH else ""


def _free(noun: Term, nouns: Sequence[Term], verbs: Sequence[Term], terms: Sequence[Term]) -> str:
    """Return the verb after a noun, up to where a later clause names somebody; else one before all nouns."""
    stops = (term.at for term in terms if term.slot == "stop" and term.value != "list")
    ended = next((at for at in stops if at > noun.at), None)
    kinds = lexicon().kinds
    others = (n.at for n in nouns if n.value != noun.value and not kinds[n.value].still)
    barrier = next((at for at in others if ended is not None and at > ended), None)
    after = [verb for verb in verbs if verb.at >= noun.at and (barrier is None or verb.at < barrier)]
    before = [verb for verb in verbs if verb.at < nouns[0].at]
    possible = [verb for verb in after if _can(noun, verb)]
    after = possible or after
    return _busiest(noun, after, nouns) if after else before[-1].value if before else "stand"


def _can(noun: Term, verb: Term) -> bool:
    """Tell whether a kind does such things: what has no hands does not dress."""
    return lexicon().kinds[noun.value].acts or verb.value not in _BY_HAND


_BY_HAND = frozenset({
    "dress", "bow", "groom", "operate", "put", "arrange", "throw", "give", "write", "paint", "phone", "photograph",
    "iron", "knit", "game", "smoke", "wave", "pour", "cut", "stir", "wash", "salute", "shoot", "fence", "type", "read",
})  # fmt: skip
"""What needs hands."""


def _busiest(noun: Term, verbs: Sequence[Term], nouns: Sequence[Term]) -> str:
    """Return the first verb, or what is done in that posture: "sits on a bench reading", but not what others do."""
    movers = [n for n in nouns if n.value != noun.value and not lexicon().kinds[n.value].still]
    others = [mover.at for mover in movers if mover.at > verbs[0].at]
    alone = [verb for verb in verbs if not others or verb.at <= others[0]]
    return next((verb.value for verb in alone if verb.value not in _POSTURES), verbs[0].value)


def _joined(term: Term, edge: int) -> bool:
    """Tell whether a term ends where the next begins, but for the space after a Latin word."""
    return edge - term.end == int(term.phrase[-1].isascii())
