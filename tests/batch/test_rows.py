"""The orders of a batch as a file has them, and the record that is written of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from reelgate.batch.book import FAILED, LEFT, ORDERED, SAVED, WAITING, Book
from reelgate.batch.rows import Row, read

USUAL = {"model": "animatic"}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_has_fields_by_its_first_line(tmp_path: Path) -> None:
    text = "\ufeffid,prompt,duration,audio,images,seed\n"
    text += 'a/b,一只猫,5,yes,x.png|https://e.com/y.png,7\n,"dog, running",,,,\n'
    first, second = read(written(tmp_path, "p.csv", text), USUAL)
    assert first.name == "a-b"
    assert first.fields == {
        "model": "animatic", "prompt": "一只猫", "duration": 5, "audio": True,
        "images": ["x.png", "https://e.com/y.png"], "seed": 7,
    }  # fmt: skip
    assert (second.name, second.fields) == ("0002", {"model": "animatic", "prompt": "dog, running"})


def test_lines_of_json_are_orders_as_they_are(tmp_path: Path) -> None:
    text = '{"prompt": "x", "duration": 3}\n\n{"id": "b", "model": "wan2.7-t2v", "prompt": "y"}\n'
    rows = read(written(tmp_path, "p.jsonl", text), {**USUAL, "duration": 5})
    assert [(row.name, row.fields) for row in rows] == [
        ("0001", {"model": "animatic", "prompt": "x", "duration": 3}),
        ("b", {"model": "wan2.7-t2v", "prompt": "y", "duration": 5}),
    ]


@pytest.mark.parametrize("between", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_what_only_looks_like_the_end_of_a_line_stays_in_its_order(tmp_path: Path, between: str) -> None:
    words = f"a cat{between}runs"
    table = read(written(tmp_path, "p.csv", f"prompt\n{words}\n"), USUAL)
    lines = read(written(tmp_path, "p.jsonl", json.dumps({"prompt": words}, ensure_ascii=False) + "\n"), USUAL)
    assert [row.fields["prompt"] for row in (*table, *lines)] == [words, words]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_s_lines_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(end.join(("prompt", "a", '"b', 'c"', "")).encode())
    assert [row.fields["prompt"].split() for row in read(path, USUAL)] == [["a"], ["b", "c"]]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("p.csv", "prompt,duration\nx,five\n", "line 2: duration is 'five'"),
        ("p.csv", "prompt,audio\nx,maybe\n", "line 2: audio is 'maybe'"),
        ("p.csv", "prompt\nx,y\n", "fewer columns than the first line, or more"),
        ("p.csv", "id,prompt\na,x\nA,y\n", "an earlier row already has the id A"),
        ("p.csv", "prompt\n", "no rows"),
        ("p.csv", "images,prompt,images\na,x,b\n", "line 1: two columns are called 'images'"),
        ("p.csv", "prompt,quote_id\nx,quote_1\n", "line 2: quote_id is not a field of an order"),
        ("p.jsonl", "{", "no JSON"),
        ("p.jsonl", "[1]", "an order is an object"),
    ],
)
def test_what_can_t_be_an_order_is_named_by_its_line(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(written(tmp_path, name, text), USUAL)


def test_empty_columns_at_the_side_of_a_table_are_none(tmp_path: Path) -> None:
    (row,) = read(written(tmp_path, "p.csv", "prompt,,\nx,,\n"), USUAL)
    assert row.fields["prompt"] == "x"


def test_a_file_in_another_coding_is_told_which_one_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes("prompt\n白马在跑\n".encode("gb18030"))
    with pytest.raises(ValueError, match="not in UTF-8; save it in that encoding"):
        read(path, USUAL)


def test_a_row_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no model is named"):
        read(written(tmp_path, "p.csv", "prompt\nx\n"), {})


def test_a_book_goes_on_where_it_was_also_after_a_line_that_was_cut_off(tmp_path: Path) -> None:
    rows = [Row(name, "line 1", {"prompt": name}) for name in ("a", "b", "c")]
    book = Book(tmp_path, rows)
    with pytest.raises(ValueError, match="another batch is running"):
        Book(tmp_path, rows)
    for entry in book.entries[:2]:
        entry.begin(book.order_name(entry, entry.row.fields))
        book.note(entry, ORDERED, task=f"task_{entry.row.name}", price=500_000)
    book.note(book.entries[0], SAVED, charged=400_000)
    assert book.spent == 900_000
    names = [entry.order for entry in book.entries]
    book.close()
    with (tmp_path / "batch.log").open("a") as log:
        log.write('{"id": "c", "stat')

    again = Book(tmp_path, rows)
    assert again.resumed
    assert again.id == book.id
    assert [entry.state for entry in again.entries] == [SAVED, ORDERED, WAITING]
    assert [entry.order for entry in again.entries] == names
    assert again.entries[1].task == "task_b"
    assert again.spent == 900_000
    changed = again.entries[0]
    assert again.order_name(changed, {"prompt": "another"}) != changed.order
    changed.begin("another")
    assert (changed.state, again.spent) == (WAITING, 900_000)  # what the former order cost counts on
    again.note(again.entries[1], FAILED, charged=0, reason="no")
    again.note(changed, LEFT, reason="budget")
    assert again.spent == 400_000
    with again.report().open(newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert [(line["id"], line["state"], line["reason"]) for line in lines] == [
        ("a", "left", "budget"), ("b", "failed", "no"), ("c", "waiting", ""),
    ]  # fmt: skip
    again.close()


def test_another_folder_is_another_batch(tmp_path: Path) -> None:
    rows = [Row("a", "line 1", {"prompt": "x"})]
    first, second = Book(tmp_path / "1", rows), Book(tmp_path / "2", rows)
    assert first.order_name(first.entries[0], {}) != second.order_name(second.entries[0], {})
    assert json.loads((tmp_path / "1" / "batch.json").read_text()) == {"id": first.id}
    first.close()
    second.close()
