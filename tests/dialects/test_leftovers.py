"""Whatever a field is called: an input, a length, a shape or a number of videos is read or refused, never dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reelgate.catalog.rules import check
from reelgate.dialects import by_name
from reelgate.dialects.fields import LooseFields
from reelgate.dialects.port import Call, Parsed
from reelgate.errors import InvalidField
from reelgate.request import VideoRequest
from tests.dialects.cases import CATALOG

URL = "https://example.com/a.png"
DATA = "data:image/png;base64,iVBORw0KGgo="
BASE64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CONTENT = [{"type": "text", "text": "a lighthouse"}]
ASYNC = {"x-dashscope-async": "enable"}

BODIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "anyfast-t2v": ("anyfast", "/v1/video/generations", {"model": "happyhorse-1.0-t2v", "prompt": "a lighthouse"}),
    "anyfast-seedance": ("anyfast", "/v1/video/generations", {"model": "seedance-2.0-mini", "content": CONTENT}),
    "uniall-horse": (
        "uniall",
        "/v1/videos/generations",
        {"model": "happy-horse-720p", "prompt": "a lighthouse", "duration": 5},
    ),
    "uniall-vidu": ("uniall", "/v1/video/generations", {"model": "viduq3t-720p", "prompt": "a light", "duration": 5}),
    "apiyi": (
        "apiyi",
        "/wan/api/v1/services/aigc/video-generation/video-synthesis",
        {"model": "wan2.7-t2v", "input": {"prompt": "a lighthouse"}, "parameters": {"resolution": "720P"}},
    ),
    "dashscope-t2v": (
        "dashscope",
        "/api/v1/services/aigc/video-generation/video-synthesis",
        {"model": "wan2.7-t2v", "input": {"prompt": "a lighthouse"}, "parameters": {"resolution": "720P"}},
    ),
    "ark": (
        "ark",
        "/api/v3/contents/generations/tasks",
        {"model": "doubao-seedance-2-0-260128", "content": CONTENT, "resolution": "720p"},
    ),
    "vidu": ("vidu", "/ent/v2/text2video", {"model": "viduq3-turbo", "prompt": "a lighthouse"}),
    "openai": ("openai", "/v1/videos", {"model": "viduq3-turbo", "prompt": "a lighthouse"}),
    "openai-text-only": ("openai", "/v1/videos", {"model": "happyhorse-1.0-t2v", "prompt": "a lighthouse"}),
    "new_api": ("new_api", "/v1/video/generations", {"model": "viduq3-turbo", "prompt": "a lighthouse"}),
    "reelgate": ("reelgate", "/v1/tasks", {"model": "viduq3-turbo", "prompt": "a lighthouse"}),
}
DIALECTS = pytest.mark.parametrize("name", BODIES)

INPUT_NAMES = [
    *("image", "image_url", "images", "image_urls", "img_url", "imageUrl", "input_image", "input_reference"),
    *("image_reference", "reference_url", "frame_images", "first_frame", "first_frame_url", "first_frame_image"),
    *("firstFrame", "start_image", "start_frame", "last_frame_url", "end_image", "image_tail", "reference_images"),
    *(
        "reference_image_urls",
        "ref_images",
        "init_image",
        "keyframes",
        "mask_image",
        "picture",
        "photo",
        "file",
        "media",
    ),
    *("video", "video_url", "videos", "input_video", "source_video", "first_clip", "audio_url", "audios"),
    *("driving_audio", "reference_audio", "something", "图片"),
]
VALUES = [
    URL,
    DATA,
    BASE64,
    "asset://asset-1",
    [URL],
    [{"url": URL}],
    {"url": URL},
    {"image_url": {"url": DATA}},
    json.dumps([URL]),
]
HOLDERS = ("", "metadata", "parameters", "input", "extra_body", "options")


def parsed(name: str, body: dict[str, Any]) -> tuple[Parsed, VideoRequest]:
    dialect, path, _ = BODIES[name]
    found = by_name(dialect).parse(Call(path, ASYNC, body), CATALOG)
    return found, check(found.model, found.request, found.names)


def made(name: str, body: dict[str, Any]) -> VideoRequest | None:
    """Return the request of a call, None where a field is refused, by its name and in words."""
    try:
        return parsed(name, body)[1]
    except InvalidField as error:
        refused = error
    said = (refused.field, refused.message)
    assert all(said), said
    return None


def with_field(name: str, field: str, value: Any, holder: str = "") -> dict[str, Any]:
    body = json.loads(json.dumps(BODIES[name][2]))
    inner = body.setdefault(holder, {}) if holder else body
    inner[field] = value
    return dict(body)


@DIALECTS
@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("field", INPUT_NAMES)
def test_an_input_is_taken_or_refused_by_its_name(name: str, field: str, holder: str) -> None:
    for value in VALUES:
        request = made(name, with_field(name, field, value, holder))

        assert request is None or request.media, (value, request)


@DIALECTS
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", 8),
        ("seconds", "8"),
        ("duration", 8),
        ("length", 8),
        ("video_length", "8s"),
        ("durationSeconds", 8),
        ("duration_ms", 8000),
        ("num_frames", 192),
        ("video_duration", 8.0),
        ("number_of_seconds", "8.0"),
    ],
)
@pytest.mark.parametrize("holder", HOLDERS)
def test_a_length_is_made_or_refused(name: str, field: str, value: Any, holder: str) -> None:
    request = made(name, with_field(name, field, value, holder))

    assert request is None or request.duration == 8


@DIALECTS
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", "720x1280"),
        ("size", "720*1280"),
        ("size", [720, 1280]),
        ("size", {"width": 720, "height": 1280}),
        ("ratio", "9:16"),
        ("aspect_ratio", "9:16"),
        ("aspectRatio", "9:16"),
        ("orientation", "portrait"),
        ("image_size", "portrait_16_9"),
        ("video_size", "720x1280"),
        ("resolution", "720x1280"),
    ],
)
@pytest.mark.parametrize("holder", HOLDERS)
def test_a_shape_is_made_or_refused(name: str, field: str, value: Any, holder: str) -> None:
    request = made(name, with_field(name, field, value, holder))

    assert request is None or request.ratio == "9:16"


@DIALECTS
@pytest.mark.parametrize("field", ["quality", "video_quality", "definition", "resolution_name", "output_resolution"])
def test_another_tier_under_another_name_is_refused(name: str, field: str) -> None:
    tier = "4k" if name != "ark" else "480p"
    with pytest.raises(InvalidField) as refused:
        parsed(name, with_field(name, field, tier))
    assert refused.value.field == field


@DIALECTS
def test_width_and_height_belong_together(name: str) -> None:
    request = made(name, with_field(name, "width", 720) | {"height": 1280})

    assert request is None or request.ratio == "9:16"


@pytest.mark.parametrize("name", ["anyfast-t2v", "uniall-horse", "uniall-vidu", "openai", "new_api", "reelgate"])
@pytest.mark.parametrize("width", [100, 10**400])
def test_a_width_alone_is_not_dropped(name: str, width: int) -> None:
    with pytest.raises(InvalidField) as refused:
        parsed(name, with_field(name, "width", width) | {"height": None})

    assert refused.value.field == "width"


@DIALECTS
@pytest.mark.parametrize("field", ["n", "num_videos", "numberOfVideos", "batch_size", "sample_count", "n_variants"])
@pytest.mark.parametrize("holder", HOLDERS)
def test_one_call_makes_one_video(name: str, field: str, holder: str) -> None:
    one = "1" if (name, holder) == ("reelgate", "metadata") else 1  # its notes are texts
    parsed(name, with_field(name, field, one, holder))
    for value in (2, "4", 0):
        with pytest.raises(InvalidField, match="allowed: 1"):
            parsed(name, with_field(name, field, value, holder))


@DIALECTS
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user", "u-1"),
        ("fps", 30),
        ("cfg_scale", 7.5),
        ("num_inference_steps", 30),
        ("quality", "high"),
        ("generation_mode", "text_to_video"),
        ("webhook_url", "https://example.com/hook"),
        ("notify", {"url": "https://example.com", "callback": "https://example.com/hook"}),
        ("voice", "alloy"),
        ("timeout_seconds", 600),
        ("max_duration", 60),
        ("order_id", "17"),
        ("image_strength", 0.5),
        ("audio_format", "mp3"),
        ("frame_rate", 24),
        ("first_frame_url", ""),
        ("images_meta", None),
        ("extra", {"a": [1, 2, {"b": "text"}]}),
    ],
)
def test_a_harmless_setting_is_tolerated_and_named(name: str, field: str, value: Any) -> None:
    if field == "notify":
        value = {"callback": "https://example.com/hook"}

    found, request = parsed(name, with_field(name, field, value))

    assert field in found.unknown or name.startswith(("openai", "new_api", "anyfast", "uniall"))
    assert not request.media


@DIALECTS
@pytest.mark.parametrize("field", ["seconds", "duration_seconds", "video_length"])
def test_a_length_that_is_made_anyway_is_tolerated(name: str, field: str) -> None:
    _, request = parsed(name, with_field(name, field, 5))

    assert request.duration == 5


@DIALECTS
def test_a_prompt_elsewhere_is_read_or_refused(name: str) -> None:
    body = {key: value for key, value in BODIES[name][2].items() if key not in ("prompt", "input")}
    if "content" in body:
        body["content"] = [{"type": "image_url", "image_url": {"url": URL}, "role": "first_frame"}]

    request = made(name, {**body, "metadata": {"prompt": "a lighthouse"}})

    assert request is None or request.prompt == "a lighthouse"


def test_the_refusal_says_what_to_write_instead() -> None:
    def text(name: str, field: str, value: Any) -> str:
        with pytest.raises(InvalidField) as refused:
            parsed(name, with_field(name, field, value))
        return refused.value.message

    assert "send it as images" in text("reelgate", "reference_images", [URL])
    assert "send it as last_image" in text("reelgate", "end_image", URL)
    assert "send duration" in text("vidu", "seconds", 8)
    assert "send parameters.duration" in text("dashscope-t2v", "duration", 8)
    assert "send parameters.ratio" in text("apiyi", "aspect_ratio", "1:1")
    assert "send it as content" in text("ark", "image_url", URL)
    assert "takes a prompt only" in text("anyfast-t2v", "first_frame_url", URL)


@DIALECTS
@pytest.mark.parametrize("field", ["length", "n", "frame_count", "video_size"])
def test_a_number_of_any_size_is_refused(name: str, field: str) -> None:
    with pytest.raises(InvalidField):
        parsed(name, with_field(name, field, 10**400))


@pytest.mark.parametrize("shape", [{"ratio": "a:b"}, {"ratio": "1:2:3"}, {"ratio": "0:0"}, {"resolution": "9p"}])
@pytest.mark.parametrize("unread", [{"aspect_ratio": "16:9"}, {"orientation": "portrait"}, {"width": 100}])
def test_beside_a_shape_that_is_none_the_shape_is_refused(shape: dict[str, Any], unread: dict[str, Any]) -> None:
    with pytest.raises(InvalidField) as refused:
        parsed("reelgate", BODIES["reelgate"][2] | shape | unread)
    assert refused.value.field in shape


def test_what_nobody_reads_is_bounded() -> None:
    body = with_field("reelgate", "x", [[1] * 100 for _ in range(200)])

    with pytest.raises(InvalidField, match="10000 values"):
        parsed("reelgate", body)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("uniall-horse", {"image": ""}),
        ("uniall-horse", {"images": []}),
        ("uniall-horse", {"reference_image_urls": [""]}),
        ("uniall-vidu", {"image": ""}),
        ("uniall-vidu", {"image": URL, "last_image": ""}),
        ("anyfast-t2v", {"image": ""}),
        ("anyfast-t2v", {"resolution": ""}),
        ("openai", {"image": ""}),
        ("openai", {"images": []}),
        ("openai", {"input_reference": []}),
        ("openai", {"resolution": ""}),
        ("new_api", {"images": []}),
        ("reelgate", {"video": ""}),
        ("reelgate", {"resolution": ""}),
        ("ark", {"resolution": ""}),
        ("ark", {"service_tier": ""}),
        ("openai", {"size": ""}),
        ("new_api", {"metadata": {"resolution": ""}}),
        ("dashscope-t2v", {"parameters": {"size": ""}}),
        ("apiyi", {"parameters": {"resolution": ""}}),
        ("vidu", {"resolution": ""}),
    ],
)
def test_an_empty_input_or_tier_is_refused_by_its_name(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidField) as refused:
        parsed(name, BODIES[name][2] | fields)

    assert refused.value.field.split("[")[0].split(".")[0] in fields


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("happy-horse-720p", {"video": "https://example.com/v.mp4"}),
        ("happy-horse-edit-720p", {"video": "https://example.com/v.mp4", "image": URL}),
        ("happy-horse-720p", {"last_image": URL}),
        ("viduq3p-720p", {"video": "https://example.com/v.mp4"}),
    ],
)
def test_an_input_that_a_model_does_not_take_is_refused(model: str, fields: dict[str, Any]) -> None:
    body = {"model": model, "prompt": "x", "duration": 4, **fields}

    with pytest.raises(InvalidField) as refused:
        parsed("uniall-horse", body)

    assert refused.value.field in (*fields, "image")


def test_a_prompt_may_be_json() -> None:
    text = '{"scene": "a lighthouse"}'

    assert LooseFields({"prompt": text}).string("prompt") == text
    assert LooseFields({"images": '["a", "b"]'}).strings("images") == ("a", "b")
    assert LooseFields({"video": '{"id": "x"}'}).value("video") == {"id": "x"}
