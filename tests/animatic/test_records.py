"""What is known of subjects, places and styles is one record each, and a record that lacks a fact is refused."""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec
import pytest

from reelgate.animatic.language.lexicon import SLOTS, lexicon
from reelgate.animatic.language.records import Kind, Place
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
    (Kind, "subject", "sort"), (Kind, "subject", "words"),
])  # fmt: skip
def test_a_record_without_a_fact_is_refused(record: type, slot: str, fact: str) -> None:
    row = next(iter(tomllib.loads(_text(slot)).values()))
    assert msgspec.convert(row, record)
    with pytest.raises(msgspec.ValidationError, match=fact):
        msgspec.convert({name: value for name, value in row.items() if name != fact}, record)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({**row, "colour_of_the_roof": "red"}, record)


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
