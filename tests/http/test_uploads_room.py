"""An upload that comes in while the disk fills up ends before the room is gone that the journal needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from reelgate import limits
from reelgate.testing.samples import picture
from tests.e2e.forms import form
from tests.http.in_process import client_of
from tests.loop import in_loop

TUS = {"Tus-Resumable": "1.0.0"}
MORE_THAN_A_DISK_HAS = 2**60


@in_loop
async def test_a_resumable_upload_waits_for_room_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = picture(tmp_path / "p.png", 640, 360).read_bytes()
    half = len(content) // 2
    async with client_of(tmp_path) as client:
        begun = await client.post("/v1/files/resumable", headers={**TUS, "Upload-Length": str(len(content))})
        path = urlsplit(begun.headers["location"]).path

        async def added(piece: bytes, at: int) -> httpx2.Response:
            said = {**TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
            return await client.patch(path, content=piece, headers=said)

        assert (await added(content[:half], 0)).status_code == 204
        with monkeypatch.context() as full:
            full.setattr(limits, "MIN_FREE_BYTES", MORE_THAN_A_DISK_HAS)
            refused = await added(content[half:], half)
            assert (refused.status_code, "retry-after" in refused.headers) == (503, True), refused.text
        assert (await client.head(path, headers=TUS)).headers["upload-offset"] == str(half)
        assert (await added(content[half:], half)).status_code == 204
        assert (await client.get(f"/v1/files/{path.rpartition('/')[2]}")).json()["bytes"] == len(content)


@pytest.mark.parametrize("path", ["/v1/files", "/api/v1/uploads", "/volc/asset/CreateAsset"])
@in_loop
async def test_a_form_s_file_ends_where_the_room_does(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = picture(tmp_path / "p.png", 640, 360).read_bytes()
    async with client_of(tmp_path) as client:
        texts = {"purpose": "vision"}
        if path == "/api/v1/uploads":
            policy = (await client.get(f"{path}?action=getPolicy&model=wan2.7-i2v")).json()["data"]
            texts = {"key": f"{policy['upload_dir']}/p.png", "policy": policy["policy"]}
            texts |= {"OSSAccessKeyId": policy["oss_access_key_id"], "Signature": policy["signature"]}
        if path == "/volc/asset/CreateAsset":
            group = await client.post("/volc/asset/CreateAssetGroup", json={"model": "volc-asset", "Name": "g"})
            texts = {"model": "volc-asset", "GroupId": group.json()["Id"], "AssetType": "Image", "Name": "p"}
        sent = form(texts, "p.png", content)

        async def pieces() -> AsyncIterator[bytes]:
            for piece in halves(sent["raw"]):
                yield piece
                full.setattr(limits, "MIN_FREE_BYTES", MORE_THAN_A_DISK_HAS)  # behind what the file began with

        with monkeypatch.context() as full:
            refused = await client.post(path, content=pieces(), headers=sent["headers"])
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True), refused.text
        assert (await client.post(path, content=sent["raw"], headers=sent["headers"])).status_code in (200, 204)
        assert [left for left in (tmp_path / "data" / "incoming").rglob("*") if left.is_file()] == []


def halves(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    yield body[len(body) // 2 :]
