"""AnyFast's asset library: inputs that are stored once and named in requests."""

from __future__ import annotations

import base64
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from reelgate.dialects.anyfast_assets import ANSWERS
from reelgate.testing.media_server import MediaServer
from reelgate.testing.samples import clip
from tests.e2e.conftest import Inputs
from tests.e2e.forms import form
from tests.e2e.inputs import picture
from tests.e2e.server import END_SECONDS, Reply, Server, command, environment, serving

CREATE = "/v1/video/generations"


def act(gateway: Server, action: str, body: dict[str, Any], **options: Any) -> Reply:
    """Make a call to the library."""
    return gateway.post(f"/volc/asset/{action}", {"model": "volc-asset", **body}, **options)


def group(gateway: Server, name: str = "主角") -> str:
    """Make a group and return its id."""
    made = act(gateway, "CreateAssetGroup", {"Name": name})
    assert made.status == 200, made.body
    return str(made.json["Id"])


def put_by(gateway: Server, url: str, kind: str = "Image", name: str = "猫") -> str:
    """Put an input by and return its id."""
    made = act(gateway, "CreateAsset", {"GroupId": group(gateway), "Name": name, "AssetType": kind, "URL": url})
    assert made.status == 200, made.body
    return str(made.json["Id"])


def seedance(url: str, kind: str = "image_url", role: str = "first_frame") -> dict[str, Any]:
    """Return a Seedance request with one input."""
    return {
        "model": "seedance-fast",
        "content": [{"type": "text", "text": "猫在跑"}, {"type": kind, kind: {"url": url}, "role": role}],
        "duration": 4,
        "resolution": "480p",
    }


def test_an_asset_is_put_by_shown_used_and_outlived(gateway: Server, inputs: Inputs) -> None:
    asset = put_by(gateway, inputs.url("source.png"))

    shown = act(gateway, "GetAsset", {"Id": asset}).json
    assert re.fullmatch(r"asset-\d{14}-[0-9a-z]{5}", asset)
    assert list(shown) == [
        "Id", "Name", "URL", "AssetType", "GroupId", "Status", "ProjectName", "CreateTime", "UpdateTime"
    ]  # fmt: skip
    assert (shown["Status"], shown["AssetType"], shown["Name"]) == ("Active", "Image", "猫")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown["CreateTime"])
    file = gateway.get(shown["URL"], key=None)
    assert (file.headers["content-type"], file.body) == ("image/png", inputs.files["source.png"].read_bytes())

    created = gateway.post(CREATE, seedance(f"Asset://{asset}"))
    assert created.status == 200, created.body
    assert act(gateway, "DeleteAsset", {"Id": asset}).json == {"Id": asset}
    finished = gateway.until(
        f"{CREATE}/{created.json['id']}", lambda answer: answer["data"]["status"] in {"SUCCESS", "FAILURE"}
    )
    assert finished["data"]["status"] == "SUCCESS"
    assert gateway.get(shown["URL"], key=None).status == 404


def test_every_dialect_takes_the_projects_assets(gateway: Server, inputs: Inputs) -> None:
    url = f"asset://{put_by(gateway, inputs.url('source.png'))}"

    bodies = (
        ("/v1/tasks", {"model": "viduq3p-540p", "prompt": "推镜头", "image": url, "duration": 1}),
        (CREATE, {"model": "happy-horse-720p", "prompt": "推镜头", "image": url, "duration": 3}),
        ("/v1/videos", {"model": "viduq3p-540p", "prompt": "推镜头", "input_reference": {"image_url": url}}),
        (
            "/api/v3/contents/generations/tasks",
            seedance(url) | {"model": "doubao-seedance-1-0-pro-fast-251015", "duration": 2},
        ),
    )
    for path, body in bodies:
        reply = gateway.post(path, body)
        assert reply.status == 200, reply.body


def test_a_file_in_a_form_and_one_inside_the_json(gateway: Server, inputs: Inputs) -> None:
    content = inputs.files["source.png"].read_bytes()
    texts = {"model": "volc-asset", "GroupId": group(gateway), "Name": "源", "AssetType": "Image"}

    sent = gateway.post("/volc/asset/CreateAsset", **form(texts, "猫.png", content))
    inside = put_by(gateway, base64.b64encode(content).decode())

    assert sent.status == 200, sent.body
    for asset in (sent.json["Id"], inside):
        shown = act(gateway, "GetAsset", {"Id": asset}).json
        assert gateway.get(shown["URL"], key=None).body == content
        assert shown["Status"] == "Active"


def test_what_a_model_does_not_take_is_refused_when_it_is_named(
    gateway: Server, inputs: Inputs, tmp_path: Path
) -> None:
    small = inputs.server.serve("/small-asset.png", picture(tmp_path / "small.png", 200, 200, "#336699"))
    short = inputs.server.serve("/short-asset.mp4", clip(tmp_path / "short.mp4", 640, 360, 1.0))

    refused = gateway.post(CREATE, seedance(f"asset://{put_by(gateway, small)}"))
    mistaken = gateway.post(CREATE, seedance(f"asset://{put_by(gateway, short, 'Video')}"))

    assert (refused.status, mistaken.status) == (400, 400)
    assert refused.json["error"]["message"].startswith("content[1].image_url.url: 200 x 200 px; each side must be")
    assert mistaken.json["error"]["message"] == ("content[1].image_url.url: it holds video data (mp4); send image data")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"AssetType": "Image", "URL": "https://example.com/a.png"}, ["GroupId"]),
        ({"GroupId": "group", "URL": "https://example.com/a.png"}, ["AssetType", "Image, Video, Audio"]),
        ({"GroupId": "group", "AssetType": "Picture", "URL": "x"}, ["AssetType", "Picture", "Image, Video, Audio"]),
        ({"GroupId": "group", "AssetType": "Image"}, ["URL", "public address"]),
        ({"GroupId": "group", "AssetType": "Image", "URL": 5}, ["URL", "5", "string"]),
        ({"GroupId": "group", "AssetType": "Image", "URL": "http://169.254.169.254/a"}, ["URL", "public address"]),
        ({"GroupId": "group", "AssetType": "Image", "URL": "data:image/png;base64,AAAA"}, ["URL"]),
        ({"GroupId": "group", "AssetType": "Image", "URL": "猫"}, ["URL", "Base64"]),
        ({"GroupId": "group", "AssetType": "Image", "URL": "x", "Name": "猫" * 257}, ["Name", "256"]),
    ],
)  # fmt: skip
def test_a_wrong_asset_is_refused_by_name(closed: Server, body: dict[str, Any], words: list[str]) -> None:
    if body.get("GroupId"):
        body = {**body, "GroupId": group(closed)}

    reply = act(closed, "CreateAsset", body)

    assert reply.status == 400
    assert [word for word in words if word not in reply.json["error"]["message"]] == [], reply.body


def test_nobody_sees_another_projects_assets(tmp_path: Path, inputs: Inputs) -> None:
    data = tmp_path / "data"
    with serving(data, "--allow-private-media", "--workers", "0") as server:
        other = another_key(data)
        server.until("/v1/tasks", lambda _: server.get("/v1/tasks", key=other).status == 200)
        asset, theirs = put_by(server, inputs.url("source.png")), group(server)

        for action in ("GetAsset", "UpdateAsset", "DeleteAsset"):
            reply = act(server, action, {"Id": asset, "Name": "x"}, key=other)
            assert (reply.status, reply.json["error"]["code"]) == (404, "asset_not_found")
            assert reply.json["error"]["message"].startswith("[NotFound.asset_id]")
        for action in ("GetAssetGroup", "UpdateAssetGroup", "DeleteAssetGroup"):
            reply = act(server, action, {"Id": theirs, "Name": "x"}, key=other)
            assert (reply.status, reply.json["error"]["message"][:19]) == (404, "[NotFound.group_id]")
        into = {"GroupId": theirs, "AssetType": "Image", "URL": inputs.url("source.png")}
        assert act(server, "CreateAsset", into, key=other).status == 404
        for action in ("ListAssets", "ListAssetGroups"):
            assert act(server, action, {}, key=other).json == {
                "PageNumber": 1, "PageSize": 10, "TotalCount": 0, "Items": []
            }  # fmt: skip
        foreign = server.post(CREATE, seedance(f"asset://{asset}"), key=other)
        unknown = server.post(CREATE, seedance("asset://asset-nobody"))

        assert act(server, "GetAsset", {"Id": asset}).status == 200
    assert (foreign.status, unknown.status) == (400, 400)
    for reply in (foreign, unknown):
        assert reply.json["error"]["message"].startswith("content[1].image_url.url: asset://asset-")
        assert "is not an asset of this key's project" in reply.json["error"]["message"]


def another_key(data: Path) -> str:
    """Add a key of another project."""
    arguments = ("keys", "add", "another", "--data", str(data))
    done = subprocess.run(command(*arguments), check=True, capture_output=True, text=True, env=environment())
    return done.stdout.split()[0]


def test_lists_go_by_page_name_and_group(closed: Server, inputs: Inputs) -> None:
    content = base64.b64encode(inputs.files["source.png"].read_bytes()).decode()
    first, second = group(closed, "第一"), group(closed, "第二")
    made = []
    for number, where in enumerate((first, first, second)):
        body = {"GroupId": where, "Name": f"列表 {number}", "AssetType": "Image", "URL": content}
        made.append(act(closed, "CreateAsset", body).json["Id"])

    def ids(action: str, body: dict[str, Any]) -> list[str]:
        return [item["Id"] for item in act(closed, action, body).json["Items"]]

    assert ids("ListAssets", {"Filter": {"GroupIds": [first]}}) == [made[1], made[0]]
    assert ids("ListAssets", {"Filter": {"GroupIds": [first, second], "Name": "列表 2"}}) == [made[2]]
    assert ids(
        "ListAssets", {"Filter": {"GroupIds": [first], "GroupType": "AIGC"}, "PageNumber": 2, "PageSize": 1}
    ) == [made[0]]
    assert ids("ListAssets", {"Filter": {"GroupIds": [first], "GroupType": "LivenessFace"}}) == []
    assert ids("ListAssetGroups", {"Filter": {"Name": "第二"}}) == [second]
    page = act(closed, "ListAssets", {"Filter": {"GroupIds": [first]}, "PageSize": 1}).json
    assert (page["PageNumber"], page["PageSize"], page["TotalCount"]) == (1, 1, 2)

    assert act(closed, "UpdateAsset", {"Id": made[0], "Name": "改名"}).json == {"Id": made[0]}
    assert act(closed, "UpdateAssetGroup", {"Id": first, "Name": "配角"}).json == {"Id": first}
    shown = act(closed, "GetAssetGroup", {"Id": first}).json
    assert (shown["Name"], shown["GroupType"]) == ("配角", "AIGC")
    assert act(closed, "GetAsset", {"Id": made[0]}).json["Name"] == "改名"
    assert act(closed, "DeleteAssetGroup", {"Id": first}).json == {"Id": first}
    assert act(closed, "GetAsset", {"Id": made[0]}).status == 404
    refused = act(closed, "ListAssets", {"PageSize": 1000})
    assert (refused.status, "1 to 100" in refused.json["error"]["message"]) == (400, True)


def test_what_has_no_effect_and_what_nobody_knows_is_named(closed: Server) -> None:
    made = act(closed, "CreateAssetGroup", {"Name": "组", "Colour": "red"})

    assert made.headers["x-reelgate-ignored-fields"] == "model"
    assert made.headers["x-reelgate-unknown-fields"] == "Colour"
    assert act(closed, "CreateAssetGroup", {"Name": "组"}, key=None).status == 401
    long = act(closed, "CreateAssetGroup", {"Name": "组", "GroupType": "x" * 300})
    assert (long.status, "GroupType" in long.json["error"]["message"]) == (400, True)
    wrong = closed.get("/volc/asset/CreateAssetGroup")
    assert (wrong.status, wrong.headers["allow"]) == (405, "POST")


ODD_VALUES: tuple[Any, ...] = (
    None,
    "",
    "\0",
    "%",
    "猫" * 300,
    5,
    -1,
    10**30,
    1.5,
    True,
    [],
    ["\0"],
    [{}],
    {},
    {"Name": 5},
)


@pytest.mark.parametrize("action", ANSWERS)
def test_no_odd_value_is_our_fault(closed: Server, action: str) -> None:
    whole = {"Id": "asset-none", "GroupId": "group-none", "AssetType": "Image", "URL": "x", "Name": "n", "Filter": {}}
    for field in (*whole, "GroupType", "PageNumber", "PageSize", "model"):
        for value in ODD_VALUES:
            reply = act(closed, action, {**whole, field: value})
            assert reply.status in {200, 400, 404}, (field, value, reply.body)
            assert reply.status == 200 or set(reply.json) == {"error"}
    for raw in (b"", b"[]", b"{", b"\xff"):
        assert closed.post(f"/volc/asset/{action}", raw=raw).status == 400


def test_a_slow_server_leaves_an_asset_processing_and_a_restart_goes_on(tmp_path: Path, inputs: Inputs) -> None:
    slow = inputs.files["source.png"].read_bytes()
    data, options = tmp_path / "data", ("--allow-private-media", "--admission-seconds", "0.2", "--workers", "0")
    with MediaServer() as server:
        url, gone = server.stall("/slow.png", slow[:100]), server.url("/gone.png")
        with serving(data, *options) as gateway:
            asset = put_by(gateway, url)
            shown = act(gateway, "GetAsset", {"Id": asset}).json
            assert (shown["Status"], shown["URL"]) == ("Processing", url)
            early = gateway.post(CREATE, seedance(f"asset://{asset}"))
            assert (early.status, "still being processed" in early.json["error"]["message"]) == (400, True)
            gateway.stop(signal.SIGKILL)
        server.serve("/slow.png", slow, type="image/png")
        with serving(data, *options) as gateway:
            active = _until(gateway, asset, "Active")
            assert gateway.get(active["URL"], key=None).body == slow
            assert gateway.post(CREATE, seedance(f"asset://{asset}")).status == 200
            refused = act(gateway, "CreateAsset", {"GroupId": group(gateway), "AssetType": "Image", "URL": gone})
    assert (refused.status, "404" in refused.json["error"]["message"]) == (400, True)


def test_an_asset_that_turns_out_wrong_has_failed(tmp_path: Path) -> None:
    options, more = ("--allow-private-media", "--admission-seconds", "0.1", "--workers", "0"), threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "18")
        request.end_headers()
        request.wfile.write(b"this is no")
        assert more.wait(END_SECONDS)
        request.wfile.write(b" picture")

    with MediaServer() as server, serving(tmp_path / "data", *options) as gateway:
        asset = put_by(gateway, server.on("/text.png", answer))
        more.set()

        failed = _until(gateway, asset, "Failed")
        used = gateway.post(CREATE, seedance(f"asset://{asset}"))

    assert failed["Error"]["Code"] == "InvalidMedia"
    assert failed["Error"]["Message"].startswith("URL: ")
    assert used.status == 400
    assert failed["Error"]["Message"] in used.json["error"]["message"]


def _until(gateway: Server, asset: str, status: str) -> Any:
    end = time.monotonic() + 480
    while (shown := act(gateway, "GetAsset", {"Id": asset}).json)["Status"] != status:
        assert time.monotonic() < end, f"the asset still is {shown}"
        threading.Event().wait(0.05)
    return shown


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway that fetches from public addresses only."""
    with serving(tmp_path_factory.mktemp("closed") / "data", "--workers", "0") as server:
        yield server
