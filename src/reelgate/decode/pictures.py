"""Opens untrusted pictures with the right reader: whole, upright and in sRGB.

Pillow's other readers stay out of reach (one of them would start Ghostscript), and no reader is given more than the
picture needs: programs write megabytes of notes into a PNG.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
import numpy.typing as npt
import pi_heif
from PIL import AvifImagePlugin, Image, ImageCms, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError

from reelgate.decode.colours import Standard, narrowed
from reelgate.decode.profiles import ADOBE_RGB, profile_of
from reelgate.limits import MAX_IMAGE_PIXELS, MAX_PROFILE_BYTES
from reelgate.sandbox import descriptors

_PNG = b"\x89PNG\r\n\x1a\n"
_READERS = ("JPEG", "WEBP", "BMP", "GIF", "TIFF")
_NOTES = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_TELLING = (b"Raw profile type exif\0", b"Raw profile type APP1\0", b"XML:com.adobe.xmp\0")
"""Notes of a PNG that may have its orientation."""

_ORIENTATION, _INTEROPERABILITY, _INDEX = 0x0112, 0xA005, 1  # EXIF tags
_WAYS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TURNED = (5, 6, 7, 8)
_FLOATING, _COLOURED = 3, 3  # a TIFF's sample format; the axes of rows, columns and channels
_FLOATS = (1.0, 255.0, 65_535.0)
"""What white may be in floating point."""
_ROWS = 256

PngImagePlugin.MAX_TEXT_CHUNK = MAX_PROFILE_BYTES  # of a profile too
Image.MAX_IMAGE_PIXELS = None  # the size is checked below, before any pixel is decoded
Image.init()  # the readers, now: else the first picture waits for them
pi_heif.options.DECODE_THREADS = AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the other cores have work of their own


class TooLarge(Exception):
    """A picture has more pixels than are read; the text says how many."""


def size_of(path: Path) -> tuple[int, int]:
    """Return the width and height at which a picture is seen; all of it is read.

    Raises TooLarge; whatever else is raised means that it is damaged.
    """
    with warnings.catch_warnings(action="ignore"):
        image = _read(path)
    return image.size[::-1] if _orientation(image) in _TURNED else image.size


def load(path: Path) -> Image.Image:
    """Return a picture as RGBA in sRGB, upright. Raises as `size_of` does. Of an animation only the first is read."""
    with warnings.catch_warnings(action="ignore"):  # those are for a picture's maker
        image = _read(path)
        way = _WAYS.get(_orientation(image))
        image = _in_srgb(_eight_bits(image))
        return image if way is None else image.transpose(way)


def _read(path: Path) -> Image.Image:
    """Return a picture with its pixels decoded."""
    with descriptors.opened(path) as file:
        data = file.read()
    if data.startswith(_PNG):
        return _read_png(data)
    if data[:3] == b"\xff\xd8\xff":
        return _read_jpeg(data)
    if data[4:8].isalnum() and data[:2] not in (b"BM", b"II", b"MM", b"GI", b"RI"):
        return _read_heif(data)
    try:
        return _loaded(BytesIO(data), _READERS)
    except UnidentifiedImageError:
        return _read_float_tiff(data)


def _loaded(file: BinaryIO, readers: tuple[str, ...]) -> Image.Image:
    image = Image.open(file, formats=readers)
    _check_size(image.size)
    image.load()
    return image


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_IMAGE_PIXELS:
        raise TooLarge(f"it is {size[0]}x{size[1]} pixels; at most {MAX_IMAGE_PIXELS:,} pixels are read")


def _read_png(data: bytes) -> Image.Image:
    """Read a PNG. Only its checksums show that its end is missing: `load` would fill it up."""
    kept, coding = _without_notes(data)
    checked = Image.open(BytesIO(kept), formats=("PNG",))
    _check_size(checked.size)
    checked.verify()
    image = _loaded(BytesIO(kept), ("PNG",))
    if coding is not None:
        image.info["coding"] = coding
    return image


def _without_notes(data: bytes) -> tuple[bytes, Standard | None]:
    """Return a PNG without its notes and without a profile of no sensible size, and what its cICP chunk says."""
    kept = [_PNG]
    coding: Standard | None = None
    for kind, chunk in _chunks(data):
        content = chunk[8:-4]
        if kind in _NOTES and not content.startswith(_TELLING):
            continue
        if kind == b"iCCP" and _is_endless(content):
            continue
        if kind == b"cICP" and len(content) == 4:
            coding = Standard(1, full_range=True, primaries=content[0], transfer=content[1])
        kept.append(chunk)
    return b"".join(kept), coding


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(data):
        stop = at + 12 + int.from_bytes(data[at : at + 4])
        yield data[at + 4 : at + 8], data[at:stop]
        at = stop


def _is_endless(profile: bytes) -> bool:
    """Whether an embedded profile is packed tighter than any that was meant to be read."""
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(profile.partition(b"\0")[2][1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return False
    return bool(unpacker.unconsumed_tail)


def _read_jpeg(data: bytes) -> Image.Image:
    """Read a JPEG, also one that lacks nothing but its end marker.

    Whether more is missing shows when it is completed in two ways: the bytes after the last pixel change nothing.
    """
    try:
        return _loaded(BytesIO(data), ("JPEG",))
    except OSError as cut_off:
        ends = (b"\xff\xd9", b"\x5a\xa5\x3c\x96" * 64 + b"\xff\xd9")
        whole = data.removesuffix(b"\xff")
        image, other = (_loaded(BytesIO(whole + end), ("JPEG",)) for end in ends)
        if image.tobytes() != other.tobytes():
            raise cut_off from None
        return image


def _read_float_tiff(data: bytes) -> Image.Image:
    """Read a TIFF of floating-point colours, which Pillow has no mode for, as 8 bits. Raises UnidentifiedImageError."""
    file = BytesIO(data)
    tags = TiffImagePlugin.ImageFileDirectory_v2(file.read(8))
    file.seek(tags.next)
    tags.load(file)
    _check_size((tags.get(TiffImagePlugin.IMAGEWIDTH, 0), tags.get(TiffImagePlugin.IMAGELENGTH, 0)))
    if _FLOATING not in tags.get(TiffImagePlugin.SAMPLEFORMAT, ()):
        raise UnidentifiedImageError("it is not a TIFF of floating-point samples")
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.ndim != _COLOURED or samples.shape[2] not in (3, 4):
        raise UnidentifiedImageError("it is not a colour TIFF")
    image = Image.fromarray(_in_bytes(np.asarray(samples, np.float64)[..., [2, 1, 0, 3][: samples.shape[2]]], _FLOATS))
    image.info = {"icc_profile": tags.get(TiffImagePlugin.ICCPROFILE)}
    way = _WAYS.get(tags.get(_ORIENTATION, 1))
    return image if way is None else image.transpose(way)


def _read_heif(data: bytes) -> Image.Image:
    """Read a HEIC or an AVIF, whose reader wants to see its own brand first."""
    brands = data[8 : int.from_bytes(data[:4])] if data[4:8] == b"ftyp" else b""
    coding = _coding(data)
    if b"avif" in brands or b"avis" in brands or b"av01" in data[:1024]:
        image = _loaded(BytesIO(data[:8] + b"avif" + data[12:]), ("AVIF",))
    else:
        file = pi_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True)
        _check_size(file.size)
        info = dict(file.info)
        image = file[file.primary_index].to_pillow()
        image.info = {"icc_profile": info.get("icc_profile")}  # it stands upright already
    image.info["coding"] = None if image.info.get("icc_profile") else coding
    return image


def _coding(data: bytes) -> Standard | None:
    """Return the primaries and the transfer that a HEIC or AVIF names (ISO/IEC 23091-2, as FFmpeg numbers them)."""
    at = data.find(b"colrnclx", 0, 1 << 16)
    return None if at < 0 else Standard(1, full_range=True, primaries=data[at + 9], transfer=data[at + 11])


def _orientation(image: Image.Image) -> int:
    """Return the EXIF value; a note that can't be read says nothing. TIFF's is applied by its reader."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - Pillow raises whatever it likes on damaged notes
        return 1


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of deeper samples in 8 bits: Pillow's own conversion would clip them to white.

    Samples of no fixed range (32 bits, floating point) go by the largest: white is 1, 255 or 65,535, else that one.
    """
    if not image.mode.startswith(("I", "F")):
        return image
    whites = (65_535.0,) if ";16" in image.mode else _FLOATS if image.mode == "F" else (255.0, 65_535.0)
    grey = Image.fromarray(_in_bytes(np.asarray(image, np.float64), whites))
    grey.info = {"icc_profile": image.info.get("icc_profile")}
    return grey


def _in_bytes(samples: npt.NDArray[np.float64], whites: tuple[float, ...]) -> npt.NDArray[np.uint8]:
    """Return samples in 8 bits: white is the first of `whites` that none exceeds, else the largest."""
    samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    largest = float(samples.max(initial=0))
    white = next((white for white in whites if largest <= white), largest)
    return np.rint(np.clip(samples / white, 0, 1) * 255).astype(np.uint8)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return a picture as RGBA whose numbers are sRGB's. A profile that can't be used is passed over, as viewers do."""
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    colours = image.convert(_plain(image.mode)) if _plain(image.mode) != image.mode else image
    profile, coding = image.info.get("icc_profile"), image.info.get("coding")
    if coding is not None and coding.is_wide:
        colours = _narrowed(colours.convert("RGB"), coding)
    else:
        colours = _managed(colours, profile or _named(image)) or colours.convert("RGB")
    colours = colours.convert("RGBA")
    if alpha is not None:
        colours.putalpha(alpha)
    return colours


def _narrowed(colours: Image.Image, coding: Standard) -> Image.Image:
    """Return a picture as a screen of BT.709 shows it. Some rows at a time: all at once would fill the memory."""
    rows = np.array(colours)
    for top in range(0, len(rows), _ROWS):
        band = rows[top : top + _ROWS]
        band[:] = narrowed(band.astype(np.uint16) * 257, coding)
    return Image.fromarray(rows)


def _plain(mode: str) -> str:
    """Return the mode of the colours alone: no palette, no alpha, no bits."""
    return {"1": "L", "LA": "L", "La": "L", "P": "RGB", "PA": "RGB", "RGBA": "RGB", "RGBa": "RGB", "RGBX": "RGB"}.get(
        mode, mode
    )


def _named(image: Image.Image) -> bytes | None:
    """Return the profile of a picture that only names its colours: Adobe RGB, as cameras do; Lab, which needs one."""
    if image.mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    try:
        index = image.getexif().get_ifd(_INTEROPERABILITY).get(_INDEX)
    except Exception:  # noqa: BLE001 - as above
        return None
    return ADOBE_RGB if index in ("R03", b"R03", b"R03\0") else None


def _managed(colours: Image.Image, profile: bytes | None) -> Image.Image | None:
    """Return a picture in sRGB after its profile, None if it has none that fits."""
    if not profile:
        return None
    found = profile_of(profile)
    if found is None:
        return None
    source, space = found
    if space == "RGB" and colours.mode == "L":
        colours = colours.convert("RGB")
    if colours.mode != {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}.get(space):
        return None
    try:
        return ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
