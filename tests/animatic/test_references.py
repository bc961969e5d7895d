from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from reelgate.render.job import RenderInput
from reelgate.render.scene import UnusableInput
from reelgate.request import Facts, MediaKind, Role
from tests.animatic.drawing import Picture, drawn, job_of

# Colours (BGR) that no painted place has.
COLOURS = [
    (40, 240, 20),
    (250, 30, 240),
    (255, 235, 10),
    (10, 10, 250),
    (250, 30, 10),
    (20, 250, 250),
    (130, 0, 130),
    (0, 110, 0),
    (120, 10, 255),
]


def reference(path: Path, kind: MediaKind = MediaKind.IMAGE, width: int = 0, height: int = 0) -> RenderInput:
    facts = Facts(kind=kind, format=path.suffix[1:], bytes=path.stat().st_size, width=width, height=height)
    return RenderInput(kind=kind, role=Role.REFERENCE, path=path, facts=facts)


def picture(folder: Path, index: int) -> RenderInput:
    """Make one of three kinds: a figure on white, a photograph-like card, a figure with alpha."""
    path = folder / f"{index}.png"
    colour = COLOURS[index]
    if index % 3 == 0:
        image = np.full((200, 160, 3), 255, np.uint8)
        cv2.ellipse(image, (80, 110), (55, 80), 0, 0, 360, colour, -1, cv2.LINE_AA)
    elif index % 3 == 1:
        image = np.full((120, 200, 3), colour, np.uint8)
        image[::7, ::5] = 0
        image[:30, :100] = 255 - np.array(colour)
    else:
        image = np.zeros((160, 160, 4), np.uint8)
        cv2.circle(image, (80, 80), 70, (*colour, 255), -1, cv2.LINE_AA)
    cv2.imwrite(str(path), image)
    return reference(path)


def clip(folder: Path, frames: int, name: str = "clip.mp4") -> RenderInput:
    """Make a clip that goes from blue to red."""
    path = folder / name
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 24)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for i in range(frames):
            share = i / max(frames - 1, 1)
            image = np.full((64, 96, 3), (255 * (1 - share), 0, 255 * share), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return reference(path, MediaKind.VIDEO, 96, 64)


def share_of(frame: Picture, colour: tuple[int, int, int], tolerance: int = 48) -> float:
    return float((np.abs(frame.astype(int) - colour).max(2) < tolerance).mean())


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("size", [(480, 270), (270, 480), (300, 300)])
def test_each_reference_is_seen_for_the_whole_clip(tmp_path: Path, count: int, size: tuple[int, int]) -> None:
    inputs = tuple(picture(tmp_path, i) for i in range(count))
    job = job_of("character1 meets the others on grass at noon, push in", size, inputs=inputs)
    (empty,), _ = drawn(job_of("character1 meets the others on grass at noon, push in", size), at=(0,))
    pictures, notes = drawn(job)
    for frame in pictures:
        for colour in COLOURS[:count]:
            assert share_of(frame, colour) > share_of(empty, colour) + 0.004, colour
        behind = (np.abs(frame.astype(int) - empty).max(2) < 40).mean()
        assert behind > 0.15  # the scene is still there
    assert [shown["shown_as"] for shown in notes["references"]] == [
        ("figure", "card", "figure")[i % 3] for i in range(count)
    ]


def test_names_bind_to_the_pictures_they_number(tmp_path: Path) -> None:
    inputs = (picture(tmp_path, 0), picture(tmp_path, 3), picture(tmp_path, 6), clip(tmp_path, 8))
    for prompt, named in (
        ("@Image3 with [Image 1]", {0: True, 1: False, 2: True, 3: False}),
        ("图2和视频1", {0: False, 1: True, 2: False, 3: True}),
        ("character1 and @video1", {0: True, 1: False, 2: False, 3: True}),
        ("@image9", {0: False, 1: False, 2: False, 3: False}),
    ):
        _, notes = drawn(job_of(prompt, inputs=inputs), at=(0,))
        assert {i: shown.get("named", False) for i, shown in enumerate(notes["references"])} == named
    assert [shown["number"] for shown in notes["references"]] == [1, 2, 3, 1]


def test_the_first_named_stands_first(tmp_path: Path) -> None:
    inputs = (picture(tmp_path, 0), picture(tmp_path, 3))
    columns = {}
    for prompt in ("图1 图2", "图2 图1"):
        (frame,), _ = drawn(job_of(prompt + " static camera in a room", inputs=inputs), at=(0,))
        columns[prompt] = np.flatnonzero((np.abs(frame.astype(int) - COLOURS[0]).max(2) < 48).any(0)).mean()
    assert columns["图1 图2"] < columns["图2 图1"]


def test_a_reference_clip_plays_and_begins_again(tmp_path: Path) -> None:
    inputs = (clip(tmp_path, 24),)
    pictures, notes = drawn(job_of("grass, static camera", frames=72, inputs=inputs), at=(0, 22, 26))
    blue, red = [[share_of(frame, colour, 90) for frame in pictures] for colour in ((255, 0, 0), (0, 0, 255))]
    assert blue[0] > 0.05 > blue[1]
    assert red[1] > 0.05 > red[0]
    assert blue[2] > 0.05
    assert notes["references"][0]["shown_as"] == "playing card"


def test_a_broken_reference_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n not a picture")
    with pytest.raises(UnusableInput):
        drawn(job_of("grass", inputs=(reference(path),)))
    whole = clip(tmp_path, 12)
    path = tmp_path / "broken.mp4"
    path.write_bytes(whole.path.read_bytes()[:300])
    with pytest.raises(UnusableInput):
        drawn(job_of("grass", inputs=(reference(path, MediaKind.VIDEO, 96, 64),)))


def test_a_portrait_before_a_plain_wall_is_cut_out_and_reaches_the_frames_lower_edge(tmp_path: Path) -> None:
    image = np.random.default_rng(1).normal(0, 3, (240, 200, 3)) + 200 - 60 * np.linspace(0, 1, 240)[:, None, None]
    image = np.clip(image, 0, 255).astype(np.uint8)
    cv2.circle(image, (100, 90), 40, COLOURS[3], -1, cv2.LINE_AA)
    cv2.ellipse(image, (100, 240), (80, 110), 0, 0, 360, COLOURS[3], -1, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "portrait.jpg"), image)

    pictures, notes = drawn(job_of("a beach at noon", inputs=(reference(tmp_path / "portrait.jpg"),)))

    assert notes["references"][0]["shown_as"] == "figure"
    for frame in pictures:
        assert share_of(frame[-6:-1], COLOURS[3]) > 0.15


def test_a_sky_that_darkens_and_a_page_of_text_are_no_figures(tmp_path: Path) -> None:
    sky = np.linspace(220, 60, 240)[:, None, None] * np.ones((240, 320, 3)) + 25 * np.hypot(
        *np.meshgrid(np.linspace(-1, 1, 320), np.linspace(-1, 1, 240))
    )[..., None]  # fmt: skip
    page = np.full((240, 320, 3), 245, np.uint8)
    for row in range(20, 230, 14):
        cv2.putText(page, "to whom it may concern", (12, row), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (20, 20, 20), 1)
    for name, image in (("sky.png", np.clip(sky, 0, 255).astype(np.uint8)), ("page.png", page)):
        cv2.imwrite(str(tmp_path / name), image)
        _, notes = drawn(job_of("a beach", inputs=(reference(tmp_path / name),)), at=(0,))
        assert notes["references"][0]["shown_as"] == "card"
