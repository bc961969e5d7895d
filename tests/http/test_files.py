"""Lists of files, page by page, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reelgate.testing.samples import picture
from tests.e2e.forms import form
from tests.http.in_process import client_of
from tests.loop import in_loop


@pytest.mark.parametrize("order", ["desc", "asc"])
@pytest.mark.parametrize("purpose", ["", "batch", "user_data", "batch_output"])
@in_loop
async def test_pages_of_any_length_are_the_whole_list(order: str, purpose: str, tmp_path: Path) -> None:
    content = picture(tmp_path / "p.png", 64, 64).read_bytes()
    async with client_of(tmp_path) as client:

        async def kept(purpose: str, name: str, sent: bytes) -> str:
            body = form({"purpose": purpose}, name, sent)
            made = await client.post("/v1/files", content=body["raw"], headers=body["headers"])
            assert made.status_code == 200, made.text
            return str(made.json()["id"])

        async def listed(**query: Any) -> Any:
            return (await client.get("/v1/files", params={"order": order, "purpose": purpose, **query})).json()

        batches = [await kept("batch", "b.jsonl", b"{}\n") for _ in range(4)]
        pictures = [await kept("user_data", "p.png", content)]
        batches += [await kept("batch", "b.jsonl", b"{}\n") for _ in range(3)]
        pictures += [await kept("vision", "p.png", content)]
        wanted = {"": batches + pictures, "batch": batches, "user_data": pictures, "batch_output": []}[purpose]

        whole = (await listed())["data"]
        assert {one["id"] for one in whole} == set(wanted)
        assert whole == sorted(whole, key=lambda one: (one["created_at"], one["id"]), reverse=order == "desc")
        for limit in (1, 2, 5, 9):
            pages: list[Any] = []
            page: Any = {"has_more": True}
            while page["has_more"]:
                behind = {"after": pages[-1]["id"]} if pages else {}
                page = await listed(limit=limit, **behind)
                assert len(page["data"]) <= limit
                pages += page["data"]
            assert pages == whole
        others = {"file-nobody", "char_nobody", *batches, *pictures} - set(wanted)
        assert [(await listed(after=other))["data"] for other in others] == [[]] * len(others)
