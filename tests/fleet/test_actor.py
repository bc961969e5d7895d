"""What renders on a node, without a cluster around it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from reelgate.fleet.actor import Renderer
from reelgate.fleet.messages import ActorSettings, State, packed, unpacked
from reelgate.media.bucket import Bucket
from reelgate.render.messages import RenderDone
from reelgate.request import Codec, Mode
from tests.animatic.media import job, picture, textured
from tests.loop import in_loop
from tests.media.bucket import CREDENTIALS, bucket_server


@in_loop
async def test_a_node_keeps_none_of_a_bucket_s_files_once_a_render_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    node = tmp_path / "node"
    node.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(node))
    with bucket_server() as line:
        place = f"s3://videos/node?endpoint={line.url}"
        bucket = Bucket(place, tmp_path / "cache")
        await bucket.open()
        given = picture(tmp_path / "in.png", textured(1))
        kept = await bucket.put(given.path)
        setting = ActorSettings(
            media=place, codec=Codec.H264, worker=("reelgate.animatic.worker",), keep=(), stall_seconds=300.0
        )
        renderer = Renderer(packed(setting))
        try:
            for name in ("one", "two"):
                order = job(Mode.IMAGE, replace(given, path=Path(kept.digest)), frames=12)
                done = unpacked(await renderer.render(name, packed(order)), State)
                assert isinstance(done, RenderDone), done
                assert await bucket.size(done.rendered.path.name)
                assert [left for left in node.rglob("*") if left.is_file()] == []
        finally:
            await renderer.close()
    assert list(node.iterdir()) == []
