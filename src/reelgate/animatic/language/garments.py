"""Garments without a wearer: they are things of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from reelgate.animatic.language.lexicon import Term, lexicon

_LAID = frozenset({"hang", "stand", "spin", "fall", "fly", "put", "roll", "arrange", "lie", "sit", "fold", "iron"})
"""Actions that a garment without a wearer can have."""

_CUT = {
    **dict.fromkeys(("cap", "beanie", "baseball cap"), "cap"), **dict.fromkeys(("boots", "boot", "靴子"), "boots"),
    **dict.fromkeys(("high heels", "high heel", "heels", "stilettos", "高跟鞋"), "high_heels"),
}  # fmt: skip
"""What a garment is drawn as where its word says more than what is worn."""

_GIVEN_PICTURE = re.compile(r"@|(?:character|image|reference|subject|图片?|角色|参考图?) ?\d")


def unworn(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with a thing for each garment without a wearer: "white sneakers on a plain
    background", 红色连衣裙挂在衣架上."""
    kinds, known = lexicon().kinds, lexicon().values["noun"]
    somebody = any((t.slot == "subject" and kinds[t.value].alive) or t.slot == "pronoun" for t in terms)
    busy = any(t.slot == "action" and t.value not in _LAID for t in terms)
    if somebody or busy or _GIVEN_PICTURE.search(text):
        return list(terms)
    found: list[Term] = []
    for term in terms:
        kind = _CUT.get(term.phrase, term.value) if term.slot == "clothes" else ""
        found.append(msgspec.structs.replace(term, slot="subject", value=kind) if kind in known else term)
    return found
