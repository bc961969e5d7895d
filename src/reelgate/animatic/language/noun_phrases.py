"""Which noun of a phrase is what is seen: the head of a compound, the whole of "the X of a Y", not where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from reelgate.animatic.language.homographs import by_grammar
from reelgate.animatic.language.lexicon import SEVERAL, Term, lexicon
from reelgate.animatic.language.told_apart import told_apart

_OTHER = re.compile(
    r"\b(?:the other|another)(?: one)?\b(?! (?:side|end|hand|day|way|direction|world))"
    r"|另外?一[个只名位头匹条]"
)
_OF = re.compile(r" of (?:(?:a|an|the|his|her|its|their|some|many|several|[a-z]+) ){0,3}")
_PART = re.compile(
    r"\b(?:legs?|feet|foot|heads?|tails?|wings?|body|bodies|faces?|eyes?|ears?|skin|hands?|arms?|necks?|hair|fur|horns?"
    r"|shape|form|size|colou?rs?|sounds?|voices?|style|speed|strength|spirit|smell|taste|song|roar) "
    r"of (?:(?:a|an|the|some) )?$"
)
_FOR_THE_REST = re.compile(
    r"(?:的)?(?:般|样|似)的|造型|形状的|图案|花纹|姿势|姿态|形象|模样|主题"
    r"|(?:的)?(?:雕像|雕塑|石像|铜像|照片|画像|壁画|贴纸|纹身|海报|图标)"
)
_FOR_THE_HEAD = re.compile(
    r"-(?:[a-z]+ed|like|print)\b"
    r"|[ -](?:print|printed|tattoos?|patterns?|patterned|logos?|posters?|murals?|stickers?|motifs?|costumes?|onesies?"
    r"|hug|market|soap|food|book)\b"
)
"""What a noun before it is only said of: "a dog-shaped cloud", "a fox tattoo"."""

_PICTURES = frozenset({"photo", "photograph", "snapshot", "selfie", "portrait", "picture", "poster", "painting"})
_CLEAR = frozenset({"glass", "cup"})
"""Vessels of which only what is in them is told."""

_STATUES = frozenset({"statue", "figurine", "bust"})
_OPENS = re.compile(r"(?:[a-z0-9-]+[ ,]+){0,6}")
_FAMILY_WORDS = re.compile("妈妈|爸爸|母亲|父亲|宝宝|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶")
_SOMEWHERE = re.compile(
    r"(?:\b(?:inside|in|at|through|across|along|down|between|among|around|over|above|past|towards?|into) "
    r"(?:(?:a|an|the|his|her|its|their|some) )?(?:[a-z]+ )?)$"
)
_OUTSIDE = re.compile(
    r"\b(?:outside(?: of)?|next to|past|near|by|beside|in front of|opposite|towards?|out of|behind|leaving|leaves"
    r"|(?:drives?|driving|rides?|riding|cycles|cycling|rushes|races|speeds|pulls up|parked)"
    r"(?: (?:an?|the|his|her|their) [a-z]+)? (?:up )?(?:to|at)) "
    r"(?:(?:a|an|the|his|her|its|their|some|one) )?(?:[a-z]+ )?$|(?:驶向|驶往|开往|开向|开到|停在)$"
)
_ALOFT = re.compile(r"\b(?:in|into|through|across|on|over|above|among|amid) (?:(?:a|an|the|its) )?(?:[a-z]+ ){0,2}$")
_ALOFT_AFTER = re.compile(r"(?:之)?(?:中|里|上|间)")
_STAGED = re.compile(
    r"(?:\b(?:in|inside|at|through|across|along|down) (?:(?:a|an|the|his|her|its|their) )?(?:[a-z]+ ){0,2}"
    r"|在[^,。]{0,4})$"
)
_STAGED_AFTER = re.compile("的?(?:一角|角落|里|中|内|之中|深处)(?!的)")
_ABOARD = re.compile(r"\b(?:in|inside|on|aboard) (?:(?:a|an|the|his|her|their|some) )?(?:[a-z]+ )?$")
_ABOARD_AFTER = re.compile(r"(?:车厢)?(?:里|内|车厢)")
_WORN = frozenset({"clothing", "jewel"})
_DRESSED = re.compile(r"\b(?:in|with|and|wears?|wearing|dressed in) (?:(?:a|an|the|his|her|their) )?(?:[a-z-]+ ){0,2}$")
_PLACES = frozenset({"structure", "building", "rock", "furniture", "plant", "appliance", "machine"})
"""Families of things that a figure can be in or at; after a preposition of place such a thing is not a subject."""

_BEFORE = 40  # characters in which it is looked for what a noun is said of
_MEASURED = re.compile("[一两三](?:[瓶罐盒篮桶]|篮子)")
_MEASURES = 5  # characters after 一瓶 in which it is told what is in it
_GROUPS = frozenset({"family", "couple"})
_OBJECT_REACH = 8  # characters between a verb and what is done something to
_LONG = {True: 170, False: 60}
"""From this number of characters, in English or Chinese, a text is a story: things are shown only without figures."""


def seen(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms of a normalised text without nouns that only describe another, or say where something is."""
    terms = by_grammar(terms, text)
    apart = told_apart(terms, text)
    terms = apart or terms
    nouns = [term for term in terms if term.slot == "subject"]
    worn = [term for term in terms if term.slot == "clothes"]
    gone = {noun.at for noun in nouns if _only_said(noun, nouns, worn, text)}
    actions = [term for term in terms if term.slot == "action"]
    deeds = {verb.at for verb in actions if " " in verb.phrase or not verb.phrase.isascii()}  # no part of a compound
    more = [] if apart else list(_one_and_one(nouns, terms, text))
    for one, other in pairwise(nouns):
        if other.at == one.at or other.at in deeds:
            continue
        if _MEASURED.fullmatch(one.phrase) and other.at - one.end <= _MEASURES:
            gone.add(one.at)
        elif _adjacent(one, other, text) or (one.end == other.at and not one.phrase[-1].isascii()):
            gone |= _modifier(one, other)
        elif _OF.fullmatch(text, one.end, other.at):
            gone |= _part_of_the_other(one, other, text)
            if one.value in _GROUPS:
                more.append(Term("count", SEVERAL, other.phrase, other.at, other.end))
    more += [] if apart else _others(nouns, text)
    kept = [term for term in terms if term.at not in gone or term.slot not in ("subject", "count", "colour", "sound")]
    counted = {term.at for term in kept if term.slot == "count"}
    return sorted([*kept, *(term for term in more if term.at not in counted)], key=lambda term: term.at)


def _one_and_one(nouns: Sequence[Term], terms: Sequence[Term], text: str) -> Iterator[Term]:
    """Yield a count of two where one is named and one of the same kind: "a fat cat and a thin cat"."""
    told = [term.at for term in terms if term.slot in ("colour", "scale", "clothes", "side")]
    for one, other in pairwise(nouns):
        if one.value != other.value or not _AND_ONE.fullmatch(text, one.end, other.at):
            continue
        if _AN.search(text[max(0, one.at - _BEFORE) : one.at]) and not any(one.at - 14 <= at < other.at for at in told):
            yield Term("count", "2", other.phrase, other.at, other.end)


_AN = re.compile(r"\b(?:an?|one) (?:[a-z-]+ )?$|一[只个名位头匹条辆]$")
_AND_ONE = re.compile(r",? and (?:an?|one) (?:[a-z-]+ )?|[和与]一[只个名位头匹条辆]")


def _others(nouns: Sequence[Term], text: str) -> Iterator[Term]:
    """Yield a count of two where the text names one and another: "one sings, the other listens", 另一个人."""
    for match in _OTHER.finditer(text):
        before = [noun for noun in nouns if noun.at < match.start() and not lexicon().kinds[noun.value].still]
        before = [noun for noun in before if lexicon().kinds[noun.value].alive] or before
        named = next((noun for noun in nouns if 0 <= noun.at - match.end() <= 1), None)
        if named and any(noun.value == named.value for noun in before):
            yield Term("count", "2", named.phrase, named.at, named.end)
        elif before and not named:
            yield Term("subject", before[-1].value, match[0], match.start(), match.end())
            yield Term("count", "2", match[0], match.start(), match.end())


def _only_said(noun: Term, nouns: Sequence[Term], worn: Sequence[Term], text: str) -> bool:
    """Tell whether a noun describes a garment ("flower hat") or a part of a body, or is the place of a figure."""
    known, kind = lexicon().values["noun"], lexicon().kinds[noun.value]
    garment = next((term for term in worn if term.at >= noun.end and term.at != noun.at), None)
    before = text[: noun.at][-_BEFORE:]
    return bool(
        (garment and _adjacent(noun, garment, text) and (not kind.alive or _after_somebody(noun, nouns)))
        or (_PART.search(before) and any(other.at < noun.at for other in nouns))
        or _FOR_THE_REST.match(text, noun.end)
        or (not kind.acts and text[noun.end - 1] != "s" and _FOR_THE_HEAD.match(text, noun.end))
        or (
            kind.family in _WORN
            and noun.value not in known
            and _DRESSED.search(before)
            and _after_somebody(noun, nouns)
        )
        or (kind.family in _PLACES and noun.value not in known and _SOMEWHERE.search(before))
    )


def _after_somebody(noun: Term, nouns: Sequence[Term]) -> bool:
    return any(other.at < noun.at and lexicon().kinds[other.value].alive for other in nouns)


def _modifier(one: Term, other: Term) -> set[int]:
    """Return which of two nouns in a row is only said of the other: "flower pot", "female fencer", 鸭妈妈."""
    first, second = lexicon().kinds[one.value], lexicon().kinds[other.value]
    if first.sort == "animal" and _FAMILY_WORDS.fullmatch(other.phrase):
        return {other.at}
    if first.person and second.person:
        return {other.at if other.value == "person" else one.at}
    if first.person and second.sort == "animal":
        return {one.at}  # a baby elephant, a mother duck
    return set() if first.person or (first.sort == "animal" and second.sort == "animal") else {one.at}


def _part_of_the_other(one: Term, other: Term, text: str) -> set[int]:
    """Return which of "the X of a Y" is not seen: a group is its members, a bottle of milk is a bottle, a glass of it
    is milk, what opens with "a photo of a dog" shows the dog, and a statue of a lion is a statue."""
    first, second = lexicon().kinds[one.value], lexicon().kinds[other.value]
    if one.value in _PICTURES | _STATUES:
        return {one.at} if one.value in _PICTURES and _OPENS.fullmatch(text, 0, one.at) else {other.at}
    if one.value in _CLEAR and second.family == "drink":
        return {one.at}
    if one.value in _GROUPS or (first.family and not second.family and second.sort == "food"):
        return {one.at}
    return {other.at} if not first.acts and second.sort in ("food", "thing") else set()


def told_places(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with the places that the grammar tells: outside a cafe is a street, in a tram is inside it,
    on the clouds is in the sky, the corner of a kitchen is the kitchen."""
    known, kinds = lexicon().places, lexicon().kinds
    places = [term for term in terms if term.slot == "place"]
    kept: list[Term] = []
    for term in terms:
        if term.slot == "subject" and (inside := kinds[term.value].inside) and _inside(term, text):
            people = [one for one in terms if one.slot == "subject" and kinds[one.value].acts and one.at < term.at]
            kept.append(msgspec.structs.replace(term, slot="place", value=inside) if people else term)
            continue
        if term.slot != "place":
            kept.append(term)
            continue
        after = next((other for other in places if other.at > term.at), None)
        if after and _OF.fullmatch(text, term.end, after.at):
            continue
        if _through_another(term, places, text):
            continue
        if len({one.value for one in places}) > 1 and any(_adjacent(term, one, text) for one in terms if _noun(one)):
            continue
        place = known[term.value]
        if place.indoors and term.phrase not in place.fittings and _OUTSIDE.search(text[: term.at]):
            others = {other.value for other in places} - {term.value}
            kept += [] if others else [msgspec.structs.replace(term, value=lexicon().place_with("doorstep"))]
            continue
        kept.append(term)
        opening = not any(one.slot == "stop" and one.value == "sentence" and one.at < term.at for one in terms)
        if opening and (_STAGED.search(text[: term.at]) or _STAGED_AFTER.match(text, term.end)):
            kept.append(msgspec.structs.replace(term, slot="stage"))
        if (
            "aloft" in place.traits
            and _of_somebody(term, terms)
            and (_ALOFT.search(text[: term.at]) or _ALOFT_AFTER.match(text, term.end))
        ):
            kept.append(msgspec.structs.replace(term, slot="aloft"))
    return kept


def _through_another(way: Term, places: Sequence[Term], text: str) -> bool:
    """Tell whether a way belongs to another named place: a path of the forest, 村里的小路."""
    known = lexicon().places
    if way.phrase in known[way.value].through and any("part" not in known[one.value].traits for one in places):
        return True
    return "part" in known[way.value].traits and any(_owns(one, way, text) for one in places if one.at < way.at)


def _noun(term: Term) -> bool:
    return term.slot == "subject"


def _owns(one: Term, way: Term, text: str) -> bool:
    """Tell whether a place is said to be of another: 森林里的小路."""
    return text[one.end : way.at] in ("的", "里的", "中的") or (one.end == way.at and text[one.end - 1] == "的")


def _of_somebody(place: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a subject is named before a place in its sentence."""
    before = [term for term in terms if term.at < place.at and (term.slot == "subject" or term.value == "sentence")]
    return bool(before) and before[-1].slot == "subject"


def _inside(term: Term, text: str) -> bool:
    return bool(_ABOARD.search(text[: term.at]) or _ABOARD_AFTER.match(text, term.end))


def foremost(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return the terms of a shot without scenery, if the shot has another subject."""
    kinds = lexicon().kinds
    nouns = [term for term in terms if term.slot == "subject"]
    drawn = [term for term in nouns if not kinds[term.value].family]
    front = [term for term in nouns if not _scenery(term)]
    long = bool(nouns) and _long(terms)
    story, set_somewhere = bool(drawn) and long, any(term.slot == "place" for term in terms)
    said = {kind for term in terms if term.slot == "relation" for kind in term.value.split(" ")[1:]}
    said |= {term.value for term in nouns if not _scenery(term) and _acted_on(term, terms)}
    barred = {
        term.at
        for term in nouns
        if term.value not in said
        and ((_scenery(term) and (front or (long and set_somewhere))) or (story and kinds[term.value].family))
    }
    return tuple(term for term in terms if term.at not in barred or term.slot not in ("subject", "count"))


def _acted_on(noun: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a noun comes right after a verb: "operates a machine"."""
    before = [term for term in terms if term.at < noun.at and term.slot not in ("count", "colour", "scale", "style")]
    return bool(before) and before[-1].slot == "action" and noun.at - before[-1].end <= _OBJECT_REACH


def _long(terms: Sequence[Term]) -> bool:
    told = [term for term in terms if term.slot == "subject"]
    latin = bool(told) and told[0].phrase[-1].isascii()
    return terms[-1].end - terms[0].at > _LONG[latin]


def _scenery(term: Term) -> bool:
    return lexicon().kinds[term.value].backdrop


def _adjacent(one: Term, other: Term, text: str) -> bool:
    return one.phrase[-1].isascii() and text[one.end : other.at] in (" ", "-")
