"""The page of seventy prompts says what the engine reads today, and shows a frame of each."""

from __future__ import annotations

import json
import subprocess
import sys

from scripts.gallery_inputs import entries
from tests.docs.pages import ROOT

SEEDS = ROOT / "tests/e2e/seeds/requests.json"
PICTURES = ROOT / "docs/images/storyboards"


def test_the_page_is_fresh() -> None:
    check = [sys.executable, "-m", "scripts.gen_storyboards", "--check"]
    run = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_seventy_prompts_in_two_languages_and_all_of_the_documents() -> None:
    prompts = {entry.prompt for entry in entries().values()}
    assert len(entries()) == 70
    assert sum(any("\u4e00" <= char <= "\u9fff" for char in prompt) for prompt in prompts) >= 25
    for request in json.loads(SEEDS.read_text("utf-8")).values():
        body = request["body"]
        text = [part["text"] for part in body.get("content", []) if part["type"] == "text"]
        assert (body.get("prompt") or body.get("input", {}).get("prompt") or text[0]) in prompts


def test_the_frames_weigh_little() -> None:
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 1_500_000
