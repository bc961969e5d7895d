"""Finds a word's other meaning by its grammar or its neighbours: a noun that is a verb, a shade or a dish, a colour
that is a fruit or a person's clothes, a crane that is a machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon

_REACH = 40  # characters before a word that tell what it is
_AROUND = 60  # characters around a word of two meanings in which it is looked for its company
_IN_COLOUR = re.compile(r" (?:(?:is|are) )?(?:(?:all )?dressed |clad |clothed )?(?:all )?in (?:all |pure |plain )?")
_AFTER_COLOUR = re.compile(
    r"$|[,.;:!?。\n]| (?:and|with|who|is|are|on|at|in|by|near|under|from|against|next|facing|sits?|stands?)\b"
)
_SHADE = re.compile(
    r"(?<!\bthe )\b(?:cherry|apple|lime|lemon|olive|peach|salmon|rose|blood|coffee|chocolate|pumpkin|tomato|carrot|sky"
    r"|sea|ocean|forest|grass|moss|mint|midnight|snow|ice|sand|coal|charcoal|candy|coral|plum|berry|wine|honey|storm"
    r"|fire engine|strawberry|watermelon|emerald|ruby|sapphire|pearl|milk|cream)[ -]"
)
_SUBJECT_OF = re.compile(r"\b(?:he|she|it|they|who|can't|cannot|won't|will|would|could|must|don't|doesn't|didn't) $")
_GOES_ON_WITH = re.compile(r"(?:\b(?:and|then|slowly|quickly|gently|suddenly|carefully)|,) $")
_OBJECT = re.compile(r" (?:a|an|the|his|her|its|their|my|your|our|him|it|them|me|us)\b")
_OF_SEVERAL = re.compile(r"\b(?:the|his|her|its|their|my|your|our|some|several|many|of|with|and|or)(?: [a-z-]+){0,2} $")
_DONE = {
    "leaves": "walk", "leave": "walk", "swallows": "eat", "bears": "carry", "bear": "carry", "ducks": "squat",
    "hammers": "operate", "saws": "operate", "plants": "put", "brushes": "wash", "flies": "fly", "swings": "hang",
    "fishes": "fish", "fish": "fish", "drums": "drum", "crows": "shout",
    **dict.fromkeys(("seals", "cranes", "hounds", "dogs", "rocks", "ships", "trains", "shells", "mirrors"), ""),
}  # fmt: skip
"""The action if such a word is a verb; empty for an action that can't be drawn."""


def by_grammar(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms of a normalised text, each as what the grammar makes of it."""
    named = [_gendered(term, text) for term in terms if not _counts_a_firm(term, text)]
    named = [one for term in named for one in _in_company(term, text)]
    named = _black_and_white(named, text)
    named = _done(_served(_shaded(named, text), text), text)
    return _oranges(_in_colours(sorted([*named, *_in_other_forms(named, text)], key=lambda term: term.at), text), text)


_CAR = r"drives?|driving|parked|highway|garage|engine|convertible"
_SENSES = {
    "crane": (r"construction|site|port|dock|cargo|containers?|steel|beams?|lifts?|hoists?|industrial", "crane_machine"),
    "mouse": (r"keyboard|computer|laptop|clicks?|clicking|cursor|wireless|gaming|usb", "computer_mouse"),
    "coach": (r"football|soccer|basketball|team|players?|whistle|shouts?|training|athletes?", "person"),
    "pitcher": (r"water|juice|milk|lemonade|beer|pours?|glass(?:es)?", "jar"),
    "turkey": (r"thanksgiving|oven|carves?|carving|gravy", "chicken_leg"),
    **dict.fromkeys(("jaguar", "beetle", "cobra", "puma"), (_CAR, "car")),
    "bat": (r"baseball|ball|pitcher|batter|cricket|umpire", ""),
    "cricket": (r"match|bat|ball|batsman|bowler|wicket|stadium|players?", ""),
    "seal": (r"envelope|letter|wax|parchment", ""),
}  # fmt: skip
"""Words of two meanings: in which company each is of the rarer kind, and which that is; empty for none that is drawn.
"""

_COMPANY = {word: re.compile(rf"\b(?:{company})\b") for word, (company, _) in _SENSES.items()}


def _in_company(term: Term, text: str) -> Iterator[Term]:
    """Yield a term as what the words around it make of it: "a crane lifts a beam", "a boy with a ball and a bat"."""
    around = text[max(0, term.at - _AROUND) : term.end + _AROUND]
    if term.slot not in ("subject", "count") or term.phrase not in _SENSES or not _COMPANY[term.phrase].search(around):
        yield term
    elif (kind := _SENSES[term.phrase][1]) and term.slot == "subject":
        yield msgspec.structs.replace(term, value=kind)
    elif kind:
        yield term


_BLACK_AND_WHITE = frozenset({"black and white", "black-and-white", "黑白"})


def _black_and_white(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with a coat for a film in black and white that is said of an animal: "a black-and-white cow"."""
    kinds = lexicon().kinds
    animals = {term.at for term in terms if term.slot == "subject" and kinds[term.value].sort == "animal"}
    coats = [t for t in terms if t.phrase in _BLACK_AND_WHITE and t.slot == "style" and _next(t, text) in animals]
    worn = {term.at for term in coats}
    return [msgspec.structs.replace(t, slot="colour", value="black") if t.at in worn else t for t in terms]


def _next(term: Term, text: str) -> int:
    """Return where the next word begins."""
    return term.end + (text[term.end : term.end + 1] == " ")


_FIRM = re.compile("[\u4e00-\u9fff]{0,4}?(?:店|馆|厅|公司|银行|医院|酒吧|超市|企业|工厂|工作室|作坊|铺)")


def _counts_a_firm(term: Term, text: str) -> bool:
    """Tell whether 一家 counts what follows, and is not a family: 一家咖啡馆."""
    return term.phrase == "一家" and bool(_FIRM.match(text, term.end))


def _gendered(term: Term, text: str) -> Term:
    """Return a person who is named by their trade as the woman or man that the word says: 女选手."""
    kind = _GENDERS.get(text[term.at - 1 : term.at], "") if (term.slot, term.value) == ("subject", "person") else ""
    return msgspec.structs.replace(term, value=kind, at=term.at - 1) if kind else term


_GENDERS = {"女": "woman", "男": "man"}


def _before(term: Term, text: str) -> str:
    return text[max(0, term.at - _REACH) : term.at]


def _shaded(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms without nouns, times and places that only say which shade of a colour is meant: "sky blue"."""
    colours = {term.at for term in terms if term.slot == "colour"}
    shades = {match.start() for match in _SHADE.finditer(text) if match.end() in colours}
    return [term for term in terms if term.at not in shades]


_COOKED = re.compile(
    r"\b(?:roast|roasted|grilled|fried|deep-fried|smoked|baked|steamed|braised|barbecued|bbq|seared|stewed|boiled"
    r"|poached|sliced|minced|shredded|thanksgiving|christmas)(?: whole)? $"
    "|(?:烤|红烧|清蒸|油炸|炸|卤|炖|糖醋|白切|水煮|酸菜|剁椒|香煎)(?:乳|整|全|小)?$"
)
_ON_A_PLATE = re.compile(
    r"(?: and [a-z]+)? (?:on|in) (?:a|an|the)(?: [a-z]+)? (?:plate|platter|pan|skillet|wok|oven|grill|barbecue)\b"
    r"| (?:on|in) (?:a|the) (?:dinner|dining) table\b"
    "|在(?:平底)?(?:锅|盘|碗|烤架|烤箱|蒸笼|餐桌)(?:子)?(?:里|中|上)"
    r"| (?:chops?|fillets?|steaks?|wings|legs|curry|stew|soup|salad|nuggets|kebabs?|dinner|sushi|roll)\b"
)
_DISHES = (
    (frozenset({"chicken", "turkey", "duck", "goose"}), "chicken_leg"),
    (frozenset({"pig", "sheep", "cow", "goat", "rabbit", "deer"}), "steak"),
    (frozenset({"fish", "crab", "octopus", "shrimp"}), "plate"),
)
"""What an animal is that is served: a dish."""


def _served(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with a dish for each animal that is cooked: "roast turkey", 清蒸鱼."""
    found: list[Term] = []
    for term in terms:
        cooked = term.slot == "subject" and (_COOKED.search(_before(term, text)) or _ON_A_PLATE.match(text, term.end))
        dish = next((dish for animals, dish in _DISHES if term.value in animals), "") if cooked else ""
        found.append(msgspec.structs.replace(term, value=dish) if dish else term)
    return found


def _done(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with a verb for each noun that the grammar makes one: "a train leaves the station"."""
    kinds = lexicon().kinds
    movers = {term.end: term for term in terms if term.slot == "subject" and kinds[term.value].sort in _DOERS}
    verbs = {term.at for term in terms if term.slot == "subject" and _is_done(term, movers.get(term.at - 1), text)}
    found: list[Term] = []
    for term in terms:
        if term.phrase == "wave" and term.slot == "place" and term.at - 1 in movers:
            found.append(msgspec.structs.replace(term, slot="action", value="wave"))
        elif term.at not in verbs:
            found.append(term)
        elif term.slot == "subject" and (done := _DONE.get(text[term.at : term.end], "")):
            found.append(msgspec.structs.replace(term, slot="action", value=done))
    return found


_DOERS = frozenset({"person", "robot", "animal", "vehicle"})


def _is_done(term: Term, doer: Term | None, text: str) -> bool:
    word = text[term.at : term.end]
    if not word.isascii() or not word.isalpha():
        return False
    if word == "fish":
        return bool(doer and lexicon().kinds[doer.value].person and _are_several(doer, text))
    object_follows = bool(_OBJECT.match(text, term.end))
    before = _before(term, text)
    if _SUBJECT_OF.search(before) and (object_follows or word in _DONE):
        return True
    if not word.endswith("s"):
        return False
    if doer and not text[doer.at : doer.end].endswith("s"):
        return object_follows or (word in _DONE and not _OF_SEVERAL.search(_before(doer, text)))
    return object_follows and word in _DONE and bool(_GOES_ON_WITH.search(before))


_AN_ORANGE = re.compile(r"\b(?:an|the|one|each|half an|(?:a|an|the) (?:sliced|fresh|ripe|juicy|whole|peeled|cut)) $")


def _oranges(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with a fruit for each colour that is one: "a cat eats an orange"."""
    fruits = lexicon().meanings["oranges"]
    found: list[Term] = []
    colours = {term.at for term in terms if term.slot == "colour"}
    for term in terms:
        shared = not colours.isdisjoint({term.end + len(", "), term.end + len(" and ")})  # an orange and white cat
        orange = (term.slot, term.phrase) == ("colour", "orange") and not shared
        fruit = orange and _AN_ORANGE.search(_before(term, text)) and _AFTER_COLOUR.match(text, term.end)
        found += [Term(*one, "orange", term.at, term.end) for one in fruits] if fruit else [term]
    return found


_DOES = re.compile(r"(?: (?:is|are|was|were|who|then|now|[a-z]+ly)){0,3} ([a-z]+)\b")
_DONE_BY_THEM = re.compile(r"\b(?:they|we|to|will|can|both|all) ([a-z]+)\b")
_DONE_BY_ONE = re.compile(r"\b(?:he|she|it|who|and|then)(?: is)?(?: [a-z]+ly)? ([a-z]+(?:s|ing))\b")
_TOGETHER = re.compile(r"\b(?:and|or|,)(?: (?:a|an|the|his|her|their|one|two|three|some))?(?: [a-z-]+)? $")


def _in_other_forms(terms: Sequence[Term], text: str) -> Iterator[Term]:
    """Yield a verb for each word that is another form of one, where the grammar has a verb: "mother and daughter bake",
    "a man types", "she is approaching"."""
    kinds, taken = lexicon().kinds, {term.at for term in terms}
    doers = [t for t in terms if t.slot == "subject" and kinds[t.value].sort in _DOERS and t.phrase[-1].isascii()]
    found = [(_DOES.match(text, t.end), _are_several(t, text)) for t in doers]
    found += [(match, True) for match in _DONE_BY_THEM.finditer(text)]
    found += [(match, False) for match in _DONE_BY_ONE.finditer(text)]
    for match, several in found:
        if match and match.start(1) not in taken and (done := _meant_by(match[1], bare=several)):
            taken.add(match.start(1))
            yield Term("action", done, match[1], match.start(1), match.end(1))


def _are_several(term: Term, text: str) -> bool:
    return text[term.end - 1] == "s" or term.phrase in _PEOPLE or bool(_TOGETHER.search(_before(term, text)))


_PEOPLE = frozenset({"people", "men", "women", "children", "policemen", "fishermen", "mice", "geese", "kids", "family"})


def _meant_by(word: str, *, bare: bool) -> str:
    """Return the action of a verb if the tables have another form of it, otherwise empty. With `bare` it may have no
    ending.
    """
    stems = {word} if bare else set()
    if word.endswith("ing"):
        stem = word[:-3]
        stems |= {stem, f"{stem}e"} | ({stem[:-1]} if stem[-1:] == stem[-2:-1] else set())
    elif word.endswith("s"):
        stems |= {
            word[:-1],
            word.removesuffix("es"),
            f"{word.removesuffix('ies')}y" if word.endswith("ies") else word[:-1],
        }
    found = (value for stem in sorted(stems) for form in _forms(stem) for value in _actions(form))
    return next(found, "")


def _forms(stem: str) -> tuple[str, ...]:
    short = f"{stem[:-1]}ing" if stem.endswith("e") else f"{stem}{stem[-1:]}ing"
    return (stem, f"{stem}s", f"{stem}es", f"{stem[:-1]}ies" if stem.endswith("y") else stem, f"{stem}ing", short)


def _actions(form: str) -> list[str]:
    return [value for slot, value in lexicon().meanings.get(form, ()) if slot == "action"]


def _in_colours(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with the colour of a person's clothes before them: "a woman in white"."""
    kinds = lexicon().kinds
    actions = {term.at for term in terms if term.slot == "action"}
    found: list[Term] = []
    who: Term | None = None
    for term in terms:
        who = term if term.slot == "subject" and kinds[term.value].acts else who
        ends = term.slot == "colour" and (_AFTER_COLOUR.match(text, term.end) or term.end + 1 in actions)
        if who and ends and _IN_COLOUR.fullmatch(text, who.end, term.at):
            found.append(msgspec.structs.replace(term, at=who.at, end=who.at))
        else:
            found.append(term)
    return sorted(found, key=lambda term: term.at)
