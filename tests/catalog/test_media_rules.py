from __future__ import annotations

import pytest
from msgspec.structs import replace

from reelgate.catalog.media_rules import check_media, check_totals
from reelgate.errors import MediaRefused
from reelgate.request import Facts, Media, MediaKind, Mode, Order, Role
from tests.catalog.requests import given, picture, request, row, sound, video

MB = 1024 * 1024
FIRST, REFERENCE, SOURCE, VOICE = Role.FIRST_FRAME, Role.REFERENCE, Role.SOURCE, Role.VOICE


def refusal(dialect: str, name: str, mode: Mode, role: Role, facts: Facts) -> str:
    model = row(dialect, name)
    with pytest.raises(MediaRefused) as caught:
        check_media(model, request(model, mode), given(role, facts, "image"))
    assert caught.value.field == "image"
    return caught.value.message


def accept(dialect: str, name: str, mode: Mode, role: Role, facts: Facts) -> None:
    model = row(dialect, name)
    check_media(model, request(model, mode), given(role, facts))


HORSE = ("uniall", "happy-horse-720p")
EDIT = ("uniall", "happy-horse-edit-720p")
DANCE = ("anyfast", "seedance-fast")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (picture(250, 400), "image: 250 x 400 px; each side must be at least 300 px"),
        (picture(299, 300), "image: 299 x 300 px; each side must be at least 300 px"),
        (picture(1000, 399), "image: 1000 x 399 px, width / height 2.506; width / height must be from 0.4 to 2.5"),
        (picture(format="gif"), "image: gif; the format must be jpeg, png, bmp or webp"),
        (picture(bytes=10 * MB + 1), "image: 10.00 MB (10485761 bytes); the file must have at most 10 MB"),
    ],
)
def test_a_first_frame_that_uniall_does_not_take(facts: Facts, said: str) -> None:
    assert refusal(*HORSE, Mode.IMAGE, FIRST, facts) == said


@pytest.mark.parametrize(
    "facts", [picture(300, 300), picture(1000, 400), picture(400, 1000), picture(bytes=10 * MB, format="bmp")]
)
def test_a_first_frame_at_unialls_limits(facts: Facts) -> None:
    accept(*HORSE, Mode.IMAGE, FIRST, facts)


def test_references_need_larger_sides_and_take_no_bmp() -> None:
    assert "at least 400 px" in refusal(*HORSE, Mode.REFERENCE, REFERENCE, picture(399, 600))
    assert "jpeg, png or webp" in refusal(*HORSE, Mode.REFERENCE, REFERENCE, picture(format="bmp"))
    accept(*HORSE, Mode.REFERENCE, REFERENCE, picture(400, 3000))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (video(2.9), "2.90 s; it must be at least 3 s long"),
        (video(60.2), "60.20 s; it must be at most 60 s long"),
        (video(width=2162), "each side must be at most 2160 px"),
        (video(width=400, height=318), "each side must be at least 320 px"),
        (video(fps=8.0), "8.00 fps; it must have more than 8 fps"),
        (video(bytes=100 * MB + 1), "at most 100 MB"),
        (video(format="mkv"), "mp4 or mov"),
        (video(width=320, height=810), "width / height must be from 0.4 to 2.5"),
    ],
)
def test_a_source_clip_that_uniall_does_not_take(facts: Facts, said: str) -> None:
    assert said in refusal(*EDIT, Mode.EDIT, SOURCE, facts)


@pytest.mark.parametrize(
    "facts", [video(3.0), video(60.0), video(width=2160, height=1080), video(fps=8.1, format="mov")]
)
def test_a_source_clip_at_unialls_limits(facts: Facts) -> None:
    accept(*EDIT, Mode.EDIT, SOURCE, facts)


@pytest.mark.parametrize(
    ("role", "facts", "said"),
    [
        (REFERENCE, picture(bytes=30 * MB), "less than 30 MB"),
        (REFERENCE, picture(6002, 4000), "at most 6000 px"),
        (REFERENCE, video(15.2), "at most 15 s"),
        (REFERENCE, video(1.5), "at least 2 s"),
        (REFERENCE, video(fps=23.5), "at least 24 fps"),
        (REFERENCE, video(fps=61.0), "at most 60 fps"),
        (REFERENCE, video(width=600, height=600), "at least 409600 px"),
        (REFERENCE, video(width=2560, height=1440), "at most 2086876 px"),
        (REFERENCE, video(bytes=50 * MB), "less than 50 MB"),
        (VOICE, sound(1.0), "at least 2 s"),
        (VOICE, sound(bytes=15 * MB), "less than 15 MB"),
        (VOICE, sound(format="ogg"), "wav or mp3"),
    ],
)
def test_a_reference_that_seedance_does_not_take(role: Role, facts: Facts, said: str) -> None:
    assert said in refusal(*DANCE, Mode.REFERENCE, role, facts)


@pytest.mark.parametrize("fps", [23.976, 24.0, 59.94, 60.0])
def test_the_film_rates_are_within_seedances_24_to_60(fps: float) -> None:
    accept(*DANCE, Mode.REFERENCE, REFERENCE, video(15.02, fps=fps))


def test_wans_wide_limits() -> None:
    accept("apiyi", "wan2.7-i2v", Mode.IMAGE, FIRST, picture(8000, 1000))
    assert "0.125 to 8" in refusal("apiyi", "wan2.7-i2v", Mode.IMAGE, FIRST, picture(8000, 990))
    assert "at most 10 s" in refusal("apiyi", "wan2.7-videoedit", Mode.EDIT, SOURCE, video(11.0))


def test_an_input_without_facts_waits_for_them() -> None:
    model = row(*HORSE)
    check_media(model, request(model, Mode.IMAGE), Media(kind=MediaKind.IMAGE, role=FIRST, field="image"))


@pytest.mark.parametrize(("kind", "facts"), [("video", video(8.0)), ("audio", sound(8.0))])
def test_the_seconds_of_all_references_are_bounded(kind: str, facts: Facts) -> None:
    model = row(*DANCE)
    role = VOICE if kind == "audio" else REFERENCE
    first, second = given(role, facts, "content[1]"), given(role, facts, "content[2]")
    shorter = replace(second, facts=replace(facts, seconds=7.0))
    check_totals(model, request(model, Mode.REFERENCE, media=(first, shorter)))
    check_totals(model, request(model, Mode.REFERENCE, media=(first, replace(second, facts=None))))
    with pytest.raises(MediaRefused) as caught:
        check_totals(model, request(model, Mode.REFERENCE, media=(first, second)))
    assert (
        caught.value.message == f"content[2]: 16.0 s of {kind} in all; all of them together must be at most 15 s long"
    )


def test_clips_that_measure_a_frame_more_in_all_are_taken() -> None:
    model = row(*DANCE)
    first, second = given(REFERENCE, video(8.0), "content[1]"), given(REFERENCE, video(7.04), "content[2]")
    check_totals(model, request(model, Mode.REFERENCE, media=(first, second)))
    longer = replace(second, facts=video(7.06))
    with pytest.raises(MediaRefused, match=r"15\.1 s of video in all"):
        check_totals(model, request(model, Mode.REFERENCE, media=(first, longer)))


@pytest.mark.parametrize("wide_first", [True, False])
def test_neither_of_vidus_frames_may_be_much_wider_than_the_other(wide_first: bool) -> None:
    model = row("vidu", "viduq3-turbo")
    wide, tall = picture(1280, 720), picture(720, 1280)
    first, last = (wide, tall) if wide_first else (tall, wide)
    media = (given(FIRST, first, "images[0]"), given(Role.LAST_FRAME, last, "images[1]"))
    with pytest.raises(MediaRefused, match=r"by a factor of 1\.25 at most"):
        check_totals(model, request(model, Mode.FRAMES, media=media))


def test_vidus_two_frames_are_of_nearly_one_shape() -> None:
    model = row("vidu", "viduq3-turbo")
    first = given(FIRST, picture(1280, 720), "images[0]")
    near, far = (given(Role.LAST_FRAME, picture(*size), "images[1]") for size in ((1024, 720), (1020, 720)))
    check_totals(model, request(model, Mode.FRAMES, media=(first, near)))
    check_totals(model, request(model, Mode.FRAMES, media=(first, replace(far, facts=None))))
    with pytest.raises(MediaRefused, match=r"by a factor of 1\.25 at most") as refused:
        check_totals(model, request(model, Mode.FRAMES, media=(first, far)))
    assert refused.value.field == "images[1]"


def test_a_model_without_a_bound_for_all_seconds_takes_any_that_each_may_have() -> None:
    model = row(*EDIT)
    check_totals(model, request(model, Mode.EDIT, media=(given(SOURCE, video(8.0), "video"),)))


def ordered(*, any_picture: bool = False, size: tuple[int, int] = (1280, 720)) -> Order:
    width, height = size
    return Order(
        model="sora-2",
        sold_by="uniall",
        mode=Mode.IMAGE,
        resolution="720p",
        ratio="16:9",
        seconds=4,
        width=width,
        height=height,
        any_picture=any_picture,
    )


@pytest.mark.parametrize("facts", [picture(1280, 722), picture(1282, 720), picture(720, 1280)])
def test_a_first_frame_has_the_very_size_that_was_ordered(facts: Facts) -> None:
    model = row(*HORSE)
    asked = request(model, Mode.IMAGE, order=ordered())
    check_media(model, asked, given(FIRST, picture(1280, 720), "input_reference"))
    check_media(
        model, request(model, Mode.IMAGE, order=ordered(any_picture=True)), given(FIRST, facts, "input_reference")
    )
    check_media(model, request(model, Mode.IMAGE, order=ordered(size=(0, 0))), given(FIRST, facts, "image"))
    with pytest.raises(MediaRefused) as caught:
        check_media(model, asked, given(FIRST, facts, "input_reference"))
    found = f"{facts.width}x{facts.height}"
    assert caught.value.message == (
        "Inpaint image must match the requested width and height: "
        f"input_reference is {found}; allowed: 1280x720, as in size"
    )
    assert (caught.value.value, caught.value.allowed) == (found, "1280x720, as in size")
    assert caught.value.field == "input_reference"
