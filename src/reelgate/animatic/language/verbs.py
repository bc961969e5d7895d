"""What each noun of a prompt does: its verb, before it, after it or together with another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from reelgate.animatic.language.lexicon import Term, lexicon
from reelgate.animatic.language.nearness import (
    BINDING_REACH,
    CHANGES_REACH,
    NEARBY,
    PLAIN,
    THINGS,
    TOGETHER_REACH,
    joined,
)

_OF_WHOEVER_FOLLOWS = frozenset({
    "sit", "stand", "lie", "sleep", "fly", "run", "walk", "swim", "jump", "dance", "cry", "laugh",
})  # fmt: skip
"""What the one named right after it does: "a sleeping tiger", 坐着一个和尚; after "riding" is what is ridden."""

_POSTURES = frozenset({"sit", "stand"})

_TOWARDS = "过向在到进入往"
"""Where a verb ends like this, what follows is where it leads: 飞过城堡, as in "passes a castle"."""


def verbs_of(nouns: Sequence[Term], near: Sequence[Sequence[Term]], terms: Sequence[Term]) -> Iterator[str]:
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
            yield "run" if running else _in_their_trade(noun, done, nouns)


def _on_its_ground(noun: Term, done: str) -> str:
    """Return what is meant by gliding and drifting of what does not fly: a car drives, a swan swims; and by going of
    what has wheels or a keel."""
    kind = lexicon().kinds[noun.value]
    if done in ("walk", "run") and kind.sort == "vehicle":
        return "drive"
    if done != "fly":
        return done
    home = lexicon().places.get(kind.place)
    if kind.sort == "vehicle" and (kind.crew or (home and "wheeled" in home.traits)):
        return "drive"
    return "swim" if (home and home.submerged) or bool(kind.on_foot) else done


_TRADES = {
    **dict.fromkeys(("skier", "snowboarder", "滑雪者"), "ski"), **dict.fromkeys(("surfer", "冲浪者"), "surf"),
    **dict.fromkeys(("skater", "ice skater", "figure skater", "滑冰运动员"), "skate"), "skateboarder": "skateboard",
    **dict.fromkeys(("singer", "歌手"), "sing"), **dict.fromkeys(("swimmer", "游泳运动员"), "swim"),
    **dict.fromkeys(("boxer", "wrestler", "拳击手"), "fight"), **dict.fromkeys(("climber", "mountaineer"), "climb"),
    **dict.fromkeys(("dancer", "ballerina", "ballet dancer", "舞者", "芭蕾舞者"), "dance"), "gymnast": "exercise",
    "fencer": "fence", "archer": "shoot", "rower": "row", "basketball player": "basket", "volleyball player": "volley",
    **dict.fromkeys(("tennis player", "badminton player", "baseball player", "hockey player"), "swing"),
}  # fmt: skip
"""The action that a noun implies, unless the prompt gives another one."""

_AT_ANY_SPEED = frozenset({"drive", "run"})


def _in_their_trade(noun: Term, done: str, nouns: Sequence[Term]) -> str:
    """Return a figure's action; if it only speeds along, it does so as its trade does: "a skier races down a slope"."""
    kinds = lexicon().kinds
    aboard = any(kinds[other.value].sort == "vehicle" or kinds[other.value].rideable for other in nouns)
    if not kinds[noun.value].acts or done not in _AT_ANY_SPEED or aboard:
        return done
    trade = _TRADES.get(noun.phrase, "")
    return trade if trade in _RACES else done


_RACES = frozenset({"ski", "surf", "skate", "skateboard", "swim", "row"})


def _flown(noun: Term, nouns: Sequence[Term], verbs: Sequence[Term]) -> bool:
    """Tell whether a figure flies a thing: "flies a kite"."""
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
    """Tell whether a thing is only the place of the verb's subject: 冰块在杯中融化."""
    before = [other for other in nouns if other.at < noun.at and lexicon().kinds[other.value].family]
    after = [verb for verb in verbs if 0 <= verb.at - noun.end <= TOGETHER_REACH]
    return bool(before) and bool(after) and 0 < noun.at - before[-1].end <= 4 and not noun.phrase[-1].isascii()


def _told_before(noun: Term, terms: Sequence[Term]) -> tuple[Term | None, bool]:
    """Return the verb joined to a noun before it, and whether it belongs to that noun only: "a sleeping tiger"."""
    edge, counted = noun.at, False
    for term in reversed([t for t in terms if t.at < noun.at and t.slot in PLAIN | THINGS | {"action", "stop"}]):
        if not joined(term, edge) or term.slot not in PLAIN | {"action"}:
            break
        if term.slot == "action":
            shared = any(other.slot == "together" and other.at == term.at for other in terms)
            taking = (counted and term.phrase.isascii()) or term.phrase.endswith(" the")  # "follows the", whom it names
            led = term.phrase[-1] in _TOWARDS or (taking and not shared)
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
    return verb.phrase.endswith("ing") and bool(after and after.slot == "spectacle" and joined(verb, after.at))


def _of_a_thing(verb: Term, nouns: Sequence[Term]) -> bool:
    """Tell whether a verb is of a thing that is named right before it: "the cup falls", 坚果掉到地上."""
    if verb.value not in ("fall", "roll", "spin", "break", "melt", "boil"):
        return False
    if verb.phrase.startswith("drop"):
        return True
    before = [noun for noun in nouns if noun.at < verb.at]
    if not before or verb.at - before[-1].end > CHANGES_REACH:
        return False
    return bool(lexicon().kinds[before[-1].value].family)


def next_verb(noun: Term, verb: str, nouns: Sequence[Term], terms: Sequence[Term]) -> str:
    """Return a figure's second action: after "then" or "suddenly", or in a later sentence without another subject."""
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
    """Return what the one named before does together with a noun: "chases the cat"."""
    before = [t for t in terms if t.at < noun.at and t.slot in THINGS | {"together", "stop"}]
    last = before[-1] if before else None
    return last.value if last and last.slot == "together" and noun.at - last.end <= TOGETHER_REACH else ""


def _free(noun: Term, nouns: Sequence[Term], verbs: Sequence[Term], terms: Sequence[Term]) -> str:
    """Return the verb after a noun, up to a later clause with a subject; else one before all nouns."""
    stops = (term.at for term in terms if term.slot == "stop" and term.value != "list")
    ended = next((at for at in stops if at > noun.at), None)
    kinds = lexicon().kinds
    others = (n.at for n in nouns if n.value != noun.value and not kinds[n.value].still)
    barrier = next((at for at in others if ended is not None and at > ended), None)
    after = [verb for verb in verbs if verb.at >= noun.at and (barrier is None or verb.at < barrier)]
    before = [verb for verb in verbs if verb.at < nouns[0].at and not _never(noun, verb)]
    possible = [verb for verb in after if _can(noun, verb) and not _of_a_person(noun, verb, terms)]
    handy = any(other.at < noun.at and kinds[other.value].acts for other in nouns)
    after = possible or [verb for verb in after if not (handy or _never(noun, verb))]
    if barrier is not None and all(verb.value == "stand" for verb in after):
        after = _of_them_all(noun, verbs, terms) or after
    if after:
        return _busiest(noun, after, nouns)
    return before[-1].value if before else _TRADES.get(noun.phrase, "stand")


def _of_them_all(noun: Term, verbs: Sequence[Term], terms: Sequence[Term]) -> list[Term]:
    """Return the verb of the subjects before it, a person among them: "They walk", 他们一起走."""
    if not lexicon().kinds[noun.value].alive:
        return []
    them = next((t for t in terms if t.slot == "pronoun" and t.phrase in _THEY and t.at > noun.at), None)
    return [verb for verb in verbs if them and 0 <= verb.at - them.end <= TOGETHER_REACH][:1]


_THEY = frozenset({"they", "他们", "她们", "他俩"})


def _of_a_person(noun: Term, verb: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a verb belongs to "he" or "she", and not to an animal: "milks a cow; at night he sleeps"."""
    if lexicon().kinds[noun.value].acts:
        return False
    before = terms[: bisect_left(terms, verb.at, key=lambda term: term.at)][-1:]
    return any(t.slot == "pronoun" and t.value in ("man", "woman") and verb.at - t.end <= 1 for t in before)


def _never(noun: Term, verb: Term) -> bool:
    """Tell whether only things do such things: a bear on melting ice does not melt."""
    return lexicon().kinds[noun.value].alive and verb.value in ("melt", "boil")


def _can(noun: Term, verb: Term) -> bool:
    """Tell whether a kind does such things: what has no hands does not dress."""
    if lexicon().kinds[noun.value].sort == "vehicle" and verb.value in _BY_BODY:
        return False
    return not _never(noun, verb) and (lexicon().kinds[noun.value].acts or verb.value not in _BY_HAND)


_BY_BODY = frozenset({
    "sit", "lie", "sleep", "talk", "sing", "eat", "drink", "dance", "laugh", "cry", "yawn", "hug", "kneel", "climb",
})  # fmt: skip
"""What no vehicle does."""

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
