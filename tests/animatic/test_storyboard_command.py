from __future__ import annotations

import json

from typer.testing import CliRunner

from reelgate.cli import app


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app(), ["storyboard", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_it_prints_what_was_understood() -> None:
    text = said("两匹白马在雪地里奔跑, 狗, slow pan left", "--negative", "dog")
    for words in ("shot 1", "snowfield", "2 white horse (run)", "pan left, slow", "removed"):
        assert words in text


def test_it_prints_what_is_in_the_air_and_how_near() -> None:
    text = said("特写,一只猫,樱花花瓣飘落")
    assert "in the air" in text
    assert "petals" in text
    assert "close" in text


def test_it_prints_how_large_where_and_what_is_only_nearly_drawn() -> None:
    text = said("a giant cat on the left, dolly zoom")
    for words in ("giant cat (stand, left)", "dolly zoom: push"):
        assert words in text


def test_json_is_what_a_task_notes() -> None:
    one = json.loads(said("a cat", "--json", "--seed", "3"))
    assert (one["place"], one["subjects"][0]["kind"]) == ("grassland", "cat")
    several = json.loads(said("森林里有一只鹿,然后切换到大海", "--json"))
    assert [shot["place"] for shot in several["shots"]] == ["forest", "sea"]


def test_shots_that_do_not_fit_are_named() -> None:
    assert "too long" in said("a cat on grass, cut to a forest, cut to a beach", "--seconds", "2")
