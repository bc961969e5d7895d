"""What is known of subjects, places and styles is one record each, and a record that lacks a fact is refused."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from reelgate.animatic import language
from reelgate.animatic.language.lexicon import SLOTS, lexicon, records
from reelgate.animatic.language.records import Place, SubjectKind, check_places
from reelgate.animatic.language.storyboard import understand
from reelgate.animatic.places.places import PLACES
from reelgate.animatic.styles.styles import STYLES
from reelgate.animatic.subjects import FIGURES


def test_every_record_has_its_picture() -> None:
    assert PLACES.keys() == lexicon().places.keys()
    for kind in lexicon().kinds:
        assert FIGURES[kind].size > 0
    assert STYLES.keys() >= lexicon().styles.keys()


@pytest.mark.parametrize(("record", "slot", "fact"), [
    *((Place, "place", fact) for fact in ("painter", "ambience", "traits", "done", "words")),
    (SubjectKind, "subject", "sort"), (SubjectKind, "subject", "words"),
])  # fmt: skip
def test_a_record_without_a_fact_is_refused(record: type, slot: str, fact: str) -> None:
    row = next(iter(tomllib.loads(_text(slot)).values()))
    assert msgspec.convert(row, record)
    with pytest.raises(msgspec.ValidationError, match=fact):
        msgspec.convert({name: value for name, value in row.items() if name != fact}, record)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({**row, "colour_of_the_roof": "red"}, record)


@pytest.mark.parametrize(("name", "facts", "says"), [
    ("harbour", {"unites": (("town",), ("sea",))}, "harbour names the place town"),
    ("bridge", {"spans": ("ocean",)}, "bridge names the place ocean"),
    ("underwater", {"ashore": ""}, "underwater needs afloat and ashore"),
    ("lake", {"afloat": "sea"}, "lake needs afloat and ashore"),
    ("room", {"fittings": frozenset({"throne"})}, "throne"),
    ("road", {"through": frozenset({"tunnel of love"})}, "tunnel of love"),
    ("desert", {"seasons": ("winter",)}, "winter"),
    ("sky", {"lot": 1}, "lot"),
    ("sea", {"traits": frozenset({"boating"})}, "boating"),
    ("street", {"traits": frozenset()}, "doorstep"),
    ("cafe", {"done": ("cook",)}, "cook"),
])  # fmt: skip
def test_places_that_contradict_each_other_are_refused(name: str, facts: dict[str, object], says: str) -> None:
    places = lexicon().places
    check_places(places, ())
    with pytest.raises(LookupError, match=says):
        check_places({**places, name: msgspec.structs.replace(places[name], **facts)}, ())


def test_the_record_that_lacks_a_fact_is_named() -> None:
    rows = tomllib.loads(_text("place"))
    del rows["lake"]["above"]
    with pytest.raises(msgspec.ValidationError, match=r"the place lake: .*above"):
        records("place", rows, Place)


def test_a_subject_is_at_home_in_a_known_place() -> None:
    bus = lexicon().kinds["bus"]
    for facts in ({"place": "garage"}, {"inside": "garage"}):
        with pytest.raises(LookupError, match="bus names the place garage"):
            check_places(lexicon().places, [("bus", msgspec.structs.replace(bus, **facts))])


def test_rules_of_language_name_no_place() -> None:
    """What is known of a place is in its record, so that a new one is a module and a row."""
    named = re.compile(f'"({"|".join(lexicon().places.keys() - _OTHER_MEANINGS)})"')
    for module in ("language", "staging", "styles", "modes", "sound"):
        for path in (Path(language.__file__).parent.parent / module).glob("*.py"):
            found = [line for line in path.read_text("utf-8").splitlines() if named.search(line)]
            assert not found, f"{path.name}: {found}"


_OTHER_MEANINGS = frozenset({"road", "room"})
"""A ground that figures stand on, and a sound."""


@pytest.mark.parametrize("slot", SLOTS)
def test_words_stand_one_on_a_line(slot: str) -> None:
    phrases = [line for line in _text(slot).splitlines() if line.startswith("  ")]
    assert all(isinstance(tomllib.loads(f"phrase = [{line}]")["phrase"], list) for line in phrases)
    assert {len(tomllib.loads(f"phrase = [{line}]")["phrase"]) for line in phrases} <= {1}


def test_whoever_wears_clothes_is_a_person_whatever_they_sound_like() -> None:
    for prompt in ("a baby in a red dress", "一个穿红裙子的宝宝", "an astronaut in an orange coat"):
        (who,) = understand(prompt, "", 1, 5.0).subjects
        assert [garment.colour for garment in who.clothes] in (["red"], ["orange"])


def test_what_is_ridden_by_nobody_named_has_a_rider() -> None:
    assert [who.kind for who in understand("骑骆驼穿过沙漠", "", 1, 5.0).subjects] == ["person", "camel"]
    assert FIGURES["donkey"].saddle != (0.0, 0.0)


def _text(slot: str) -> str:
    return resources.files("reelgate.animatic.language").joinpath("words", f"{slot}.toml").read_text("utf-8")
