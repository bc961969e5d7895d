"""Pictures as cameras, phones and programs write them: read whole, upright and in the colours that were meant."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from reelgate.decode.pictures import load
from reelgate.decode.profiles import ADOBE_RGB, matrix_profile
from reelgate.limits import MAX_IMAGE_PIXELS, MAX_PROFILE_BYTES, PREVIEW_MEMORY_BYTES
from reelgate.media.pictures import measure_picture
from reelgate.render.pictures import cover
from reelgate.testing.films import quarters, stands
from reelgate.testing.heif import heic

P3 = matrix_profile(((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)), 2.2)
COLOUR = (200, 80, 60)
ORIENTATION = 0x0112
FILMED = {  # what has to be stored for a picture to be seen upright under an EXIF orientation
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.swapaxes(0, 1),
    6: lambda p: np.rot90(p, 1),
    7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
    8: lambda p: np.rot90(p, -1),
}


def seen(path: Path) -> npt.NDArray[np.uint8]:
    """Return a picture as red, green, blue and alpha; what it measures has to agree."""
    pixels = np.asarray(load(path), np.uint8)
    facts = measure_picture(path, "png")
    assert (facts.height, facts.width) == pixels.shape[:2]
    return pixels


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, path.suffix[1:].upper(), **options)
    return path


def flat(mode: str = "RGB", colour: Any = COLOUR) -> Image.Image:
    return Image.new(mode, (64, 48), colour)


def managed(image: Image.Image, profile: bytes, mode: str = "RGB") -> npt.NDArray[np.uint8]:
    made = ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
    )
    assert made is not None
    return np.asarray(made, np.uint8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif", "png 16 bit grey", "tiff float"])
def test_a_picture_of_any_kind_and_depth_stands_upright(tmp_path: Path, kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = np.ascontiguousarray(FILMED[orientation](quarters(96, 64)))
    if "grey" in kind:
        image = Image.fromarray(stored[..., 0].astype(np.uint16) * 257)
    elif "float" in kind:
        image = Image.fromarray(stored[..., 0].astype(np.float32) / 255)
    else:
        image = Image.fromarray(stored)
    path = saved(tmp_path / f"a.{kind.split(maxsplit=1)[0]}", image, exif=exif)

    pixels = seen(path)

    assert pixels.shape[:2] == (64, 96)
    if image.mode == "RGB":
        assert stands(pixels[..., :3]) == "RGBY"
    else:
        upright = np.asarray(quarters(96, 64))[..., 0]
        assert np.abs(pixels[..., 0].astype(int) - upright).max() <= 1


@pytest.mark.parametrize(
    ("samples", "kind", "white"),
    [
        ([0, 16384, 65535], "u2", 65535), ([0, 64, 255], "i4", 255), ([0, 16384, 65535], "i4", 65535),
        ([0, 2**29, 2**31 - 1], "i4", 2**31 - 1), ([0, 0.25, 1], "f4", 1), ([0, 64, 255], "f4", 255),
        ([0, 16384, 65535], "f4", 65535), ([-1, 2e5, 8e5], "f4", 8e5), ([float("nan"), 0.25, 1], "f4", 1),
    ],
)  # fmt: skip
def test_samples_of_any_depth_keep_their_range(tmp_path: Path, samples: list[float], kind: str, white: float) -> None:
    path = saved(tmp_path / "a.tiff", Image.fromarray(np.tile(np.array(samples, kind), (4, 1))))

    wanted = np.rint(np.nan_to_num(np.array(samples, float)).clip(0) / white * 255)
    assert np.abs(seen(path)[0, :, 0].astype(float) - wanted).max() <= 1


@pytest.mark.parametrize("white", [1, 255, 65_535])
@pytest.mark.parametrize("deep", ["f4", "f8"])
def test_colours_in_floating_point_are_read(tmp_path: Path, white: float, deep: str) -> None:
    samples = quarters(96, 64)[..., ::-1].astype(deep) / 255 * white
    samples[0, 0] = white
    assert cv2.imwrite(str(tmp_path / "a.tiff"), samples)

    assert stands(seen(tmp_path / "a.tiff")[..., :3]) == "RGBY"


@pytest.mark.parametrize(
    ("suffix", "mode", "profile"),
    [
        ("jpeg", "RGB", P3), ("png", "RGB", P3), ("webp", "RGB", P3), ("tiff", "RGB", P3), ("avif", "RGB", P3),
        ("jpeg", "RGB", ADOBE_RGB), ("png", "RGBA", P3), ("png", "P", P3), ("jpeg", "L", P3), ("png", "LA", P3),
    ],
)  # fmt: skip
def test_an_embedded_profile_is_honoured(tmp_path: Path, suffix: str, mode: str, profile: bytes) -> None:
    image = flat().convert(mode)
    path = saved(tmp_path / f"a.{suffix}", image, icc_profile=profile, **({"quality": 98} if suffix != "png" else {}))

    wanted = managed(image.convert("RGB"), profile)[9, 9].astype(int)
    assert np.abs(seen(path)[9, 9, :3] - wanted).max() <= 4
    if mode not in ("L", "LA"):
        assert np.abs(np.array(COLOUR) - wanted).max() > 8


def grey_profile(gamma: float) -> bytes:
    """Return a profile of one channel."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    name = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"g\0" + bytes(78)
    tags = [(b"desc", name + bytes(-len(name) % 4)), (b"wtpt", white), (b"kTRC", curve)]
    start, table, contents = 132 + 12 * len(tags), b"", b""
    for tag, content in tags:
        table += tag + struct.pack(">II", start + len(contents), len(content))
        contents += content
    head = struct.pack(">I4s4s4s4s4s", start + len(contents), bytes(4), b"\2\x40\0\0", b"mntr", b"GRAY", b"XYZ ")
    head += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table + contents


@pytest.mark.parametrize("suffix", ["jpeg", "png", "tiff"])
def test_a_grey_profile_is_honoured(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path / f"a.{suffix}", flat("L", 128), icc_profile=grey_profile(1.0))

    assert seen(path)[9, 9, 0] == pytest.approx(188, abs=3)  # half of the light, as sRGB codes it


def test_cameras_that_only_name_adobe_rgb_mean_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    path = saved(tmp_path / "a.jpeg", flat(), exif=exif, quality=98)

    wanted = managed(flat(), ADOBE_RGB)[9, 9].astype(int)
    assert np.abs(seen(path)[9, 9, :3] - wanted).max() <= 4


@pytest.mark.parametrize("profile", [b"no profile", P3[:200], P3[:16] + b"CMYK" + P3[20:], bytes(4000)])
@pytest.mark.parametrize("suffix", ["jpeg", "png"])
def test_a_profile_that_can_not_be_used_is_passed_over(tmp_path: Path, profile: bytes, suffix: str) -> None:
    path = saved(tmp_path / f"a.{suffix}", flat(), icc_profile=profile, **({"quality": 98} if suffix != "png" else {}))

    assert np.abs(seen(path)[9, 9, :3].astype(int) - COLOUR).max() <= 3


@pytest.mark.parametrize("suffix", ["jpeg", "tiff"])
def test_inks_become_colours(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path / f"a.{suffix}", flat("CMYK", (0, 255, 255, 0)))

    red, green, blue, _ = (int(part) for part in seen(path)[9, 9])
    assert red > 200
    assert max(green, blue) < 60


def test_lab_becomes_colours(tmp_path: Path) -> None:
    lab = ImageCms.profileToProfile(flat(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"),
                                    outputMode="LAB")  # fmt: skip
    assert lab is not None
    path = saved(tmp_path / "a.tiff", lab)

    assert np.abs(seen(path)[9, 9, :3].astype(int) - COLOUR).max() <= 6


def test_what_shows_through_stays_so(tmp_path: Path) -> None:
    palette = flat("P", 0)
    palette.putpalette([200, 80, 60, 0, 0, 0])
    for image, options in (
        (flat("RGBA", (*COLOUR, 100)), {"icc_profile": P3}),
        (flat("LA", (90, 100)), {}),
        (palette, {"transparency": bytes([100])}),
    ):
        assert seen(saved(tmp_path / "a.png", image, **options))[9, 9, 3] == 100


@pytest.mark.parametrize("size", [3_000_000, 90_000_000])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("international", [True, False])
def test_a_png_may_carry_megabytes_of_notes(tmp_path: Path, size: int, *, packed: bool, international: bool) -> None:
    if size > 10_000_000 and not packed:
        size = 9_000_000
    notes = PngImagePlugin.PngInfo()
    if international:
        notes.add_itxt("workflow", "x" * size, zip=packed)
    else:
        notes.add_text("workflow", "x" * size, zip=packed)
    path = saved(tmp_path / "a.png", flat(), pnginfo=notes)

    assert tuple(seen(path)[9, 9, :3]) == COLOUR


@pytest.mark.parametrize("size", [2_000_000, MAX_PROFILE_BYTES + 1])
def test_a_png_may_carry_a_large_profile(tmp_path: Path, size: int) -> None:
    path = saved(tmp_path / "a.png", flat(), icc_profile=P3 + bytes(size - len(P3)))

    wanted = np.array(COLOUR) if size > MAX_PROFILE_BYTES else managed(flat(), P3)[9, 9].astype(int)
    assert np.abs(seen(path)[9, 9, :3] - wanted).max() <= 1


def test_a_png_that_is_meant_for_hdr_screens_is_brought_down(tmp_path: Path) -> None:
    """Its cICP chunk says PQ: 203 nits are the white of paper."""
    data = saved(tmp_path / "a.png", flat("RGB", (148, 148, 148))).read_bytes()
    chunk = b"cICP" + bytes([9, 16, 0, 1])
    told = struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "b.png").write_bytes(data[:33] + told + data[33:])

    assert seen(tmp_path / "b.png")[9, 9, 0] == pytest.approx(235, abs=8)


def test_the_largest_picture_for_hdr_screens_fits_into_a_process_for_previews(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("RGB", (7200, MAX_IMAGE_PIXELS // 7200), (148, 148, 148)).save(path, compress_level=1)
    data, chunk = path.read_bytes(), b"cICP" + bytes([9, 16, 0, 1])
    path.write_bytes(data[:33] + struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:])
    script = (
        "import resource, sys; from pathlib import Path; from reelgate.render.pictures import load\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({PREVIEW_MEMORY_BYTES},) * 2)\n"
        "print(load(Path(sys.argv[1])).shape)"
    )

    made = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)

    assert made.stdout.strip() == f"({MAX_IMAGE_PIXELS // 7200}, 7200, 4)", made.stderr


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_end_marker_is_whole(tmp_path: Path, *, progressive: bool) -> None:
    image = Image.fromarray(quarters(320, 240))
    data = saved(tmp_path / "a.jpeg", image, progressive=progressive, quality=90).read_bytes()
    assert data.endswith(b"\xff\xd9")
    whole = seen(tmp_path / "a.jpeg")

    for end in (b"", b"\xff", b"\0", b"\0" * 40):
        (tmp_path / "b.jpeg").write_bytes(data[:-2] + end)
        assert np.array_equal(seen(tmp_path / "b.jpeg"), whole)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_jpeg_that_is_cut_off_is_not(tmp_path: Path, share: float, *, progressive: bool) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    data = saved(tmp_path / "a.jpeg", Image.fromarray(noise), progressive=progressive).read_bytes()
    (tmp_path / "b.jpeg").write_bytes(data[: int(len(data) * share)])

    with pytest.raises(OSError, match="truncated"):
        load(tmp_path / "b.jpeg")


@pytest.mark.parametrize("note", [b"SEFT a vendor's block", b"\0" * 99, b"\0\0\0\x18ftypmp42"])
def test_a_jpeg_may_be_followed_by_something_else(tmp_path: Path, note: bytes) -> None:
    path = saved(tmp_path / "a.jpeg", Image.fromarray(quarters(96, 64)))
    path.write_bytes(path.read_bytes() + note)

    assert stands(seen(path)[..., :3]) == "RGBY"


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"heix", b"MiHE"])
def test_a_heic_is_read(tmp_path: Path, brand: bytes) -> None:
    path = heic(tmp_path / "a.heic", quarters(160, 96), brand=brand)

    pixels = seen(path)

    assert pixels.shape == (96, 160, 4)
    assert stands(pixels[..., :3]) == "RGBY"


def test_a_heic_is_turned_and_in_its_profile(tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", np.ascontiguousarray(np.rot90(quarters(160, 96), -1)), turns=1)
    coloured = heic(tmp_path / "b.heic", np.asarray(flat(), np.uint8), profile=P3)

    assert stands(seen(path)[..., :3]) == "RGBY"
    wanted = managed(flat(), P3)[9, 9].astype(int)
    assert np.abs(seen(coloured)[20, 20, :3] - wanted).max() <= 6


def test_a_heic_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", quarters(160, 96))
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(Exception, match=r".+"):
        load(path)


@pytest.mark.parametrize("brand", [b"avif", b"mif1", b"MA1B"])
def test_an_avif_is_read(tmp_path: Path, brand: bytes) -> None:
    path = saved(tmp_path / "a.avif", Image.fromarray(quarters(160, 96)))
    data = path.read_bytes()
    path.write_bytes(data[:8] + brand + data[12:])

    assert stands(seen(path)[..., :3]) == "RGBY"


def test_a_picture_of_no_sensible_shape_takes_no_more_memory_than_another() -> None:
    line = np.asarray(np.full((2, 20_000, 3), 90), np.uint8)

    assert cover(line, 1280, 720).shape == (720, 1280, 3)
    assert cover(line.swapaxes(0, 1), 720, 1280).shape == (1280, 720, 3)
    assert cv2.mean(cover(line, 1280, 720))[:3] == (90, 90, 90)
