"""What a clip will show, said and drawn at once: its shots as data, and small stills of them.

A still is painted as the render paints its frame, only smaller; nothing is encoded but that one picture.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator

import cv2
import msgspec
import numpy as np
from msgspec.structs import replace
from PIL import Image

from reelgate.animatic.language.headings import headings
from reelgate.animatic.language.instruction import EDIT_WORDS, follow
from reelgate.animatic.language.lexicon import Lexicon, lexicon, normalise
from reelgate.animatic.language.shots import Shot, Shots, shots_of
from reelgate.animatic.modes.edit import edit, notes_of
from reelgate.animatic.modes.extend import LIMITS as EXTEND_LIMITS
from reelgate.animatic.modes.extend import extend
from reelgate.animatic.modes.still import camera_in, still
from reelgate.animatic.staging.scene_builder import described, paint
from reelgate.limits import MAX_WORDS_NOT_READ, PREVIEW_SIDE
from reelgate.render.job import FPS, RenderJob
from reelgate.render.pictures import covering, picture_of
from reelgate.render.planes import Planes
from reelgate.render.scene import Notes, UnusableInput
from reelgate.render.stills import QUALITY
from reelgate.request import MediaKind, Mode, Role

STILL_LIMITS = "the built-in engine moves the camera over a picture; what is in the picture does not act"
MORPH_LIMITS = "the built-in engine leads from one picture to the other; nothing else happens between them"

_EFFORT = 2  # of 6, as for the pictures of a finished clip
_SETTLED = FPS  # frames after which a shot shows what it is about: who walks is in mid-step, rain falls
_INTERNAL = frozenset({"layout", "seconds"})
_UNREAD_WORD = re.compile(r"[a-z0-9][a-z0-9'’-]*|[^\x00-\x7f\W\d_]+")
_USUAL = {
    ("camera", "push"): "推进", ("camera", "pull"): "拉远", ("camera", "static"): "固定", ("camera", "truck"): "横移",
    ("camera", "pan_left"): "左摇", ("camera", "pan_right"): "右摇", ("camera", "tilt_up"): "上摇",
    ("camera", "tilt_down"): "下摇", ("camera", "crane"): "升降", ("camera", "orbit"): "环绕",
    ("camera", "aerial"): "航拍", ("camera", "handheld"): "手持",
    ("subject", "coat"): "大衣", ("subject", "jacket"): "夹克", ("subject", "suit"): "西装",
    ("subject", "dress"): "连衣裙", ("subject", "gown"): "长裙", ("subject", "robe"): "长袍",
    ("subject", "shirt"): "衬衫", ("subject", "skirt"): "短裙", ("subject", "trousers"): "裤子",
    ("subject", "hat"): "帽子", ("subject", "cap"): "棒球帽", ("subject", "shoes"): "鞋子",
    ("subject", "boots"): "靴子", ("subject", "high_heels"): "高跟鞋",
    ("subject", "boy"): "男孩", ("action", "walk"): "走", ("action", "jump"): "跳", ("weather", "clear"): "晴",
}  # fmt: skip
"""Where the first phrase that is read is not the word that one would say."""

_GRAMMAR_WORDS = """
    a about above across after again against all along also am among an and any are around as at be been before
    behind being below beneath beside between beyond both but by can could did do does doing down during each
    either else ever every few for from further get gets getting had has have having he her here hers herself him
    himself his how i if in inside into is it its itself just let lets made make makes making many may me might
    more most much must my near neither next no nor not of off on once one only onto or other our out over own per
    same scene shall she should shot show showing shows so some such than that the their them themselves then
    there these they this those through to together too toward towards under until up upon us very video was we
    were what when where which while who whose why will with within without would you your camera view image
    picture s t first second third
"""
_GRAMMAR = frozenset(_GRAMMAR_WORDS.split())
_PARTICLES = re.compile(
    "[的了着过地得在里上下中和与及或把被是有个只位名条张头匹辆座朵片群双对这那其之为向从到让使给以而且又也都很更最正则就才"
    "还再一两几些们她他它我你您]+"
)
_READS_ALL = frozenset({Mode.TEXT, Mode.REFERENCE})


class Moment(msgspec.Struct, frozen=True):
    """A still to draw: its shot (from 0), and its frame of the clip."""

    shot: int
    frame: int


class Sketched(msgspec.Struct, frozen=True):
    """What a clip will show, as plain JSON values, and the moments that make its strip."""

    notes: Notes
    moments: tuple[Moment, ...]


def told(job: RenderJob) -> Sketched:
    """Say what a job will show: its shots, and of its words which were not read. Opens no file and never fails."""
    script = shots_of(job)
    boards = list(_boards(job, script))
    notes: Notes = {
        "shots": boards,
        "unshown": list(script.unshown),
        "not_understood": not_read(job),
        "nearest": _all(boards, "nearest"),
        "shapes": _all(boards, "shapes"),
        "placeholders": _all(boards, "placeholders"),
        "undrawn": _all(boards, "undrawn"),
        "removed": _all(boards, "removed"),
        "not_done": _all(boards, "not_done"),
        "chinese": _named(boards),
    }
    return Sketched(notes, tuple(_moments(job, script)))


def drawn(job: RenderJob, number: int) -> bytes:
    """Return one of the stills of `told` as WebP, its longer side at most PREVIEW_SIDE pixels.

    Raises UnusableInput when an input can't be drawn from.
    """
    moments = list(_moments(job, shots_of(job)))
    return _webp(_picture(_smaller(job), moments[number]))


def size_of(job: RenderJob) -> tuple[int, int]:
    """Return the width and height of a job's stills."""
    small = _smaller(job)
    return small.width, small.height


def not_read(job: RenderJob) -> list[str]:
    """Return the words of a prompt that mean nothing to the engine, in their order; grammar is left out."""
    words: Lexicon = lexicon(EDIT_WORDS) if job.mode is Mode.EDIT else lexicon()
    text = normalise(job.prompt)
    original = job.prompt if len(text) == len(job.prompt) else text
    covered = bytearray(len(text))
    terms = words.find(text)
    for term in (*terms, *headings(terms, text)):
        if term.slot != "nothing":
            covered[term.at : term.end] = b"\1" * (term.end - term.at)
    found = [original[at:end] for at, end in _stretches(text, covered)]
    return list(dict.fromkeys(found))[:MAX_WORDS_NOT_READ]


def _stretches(text: str, covered: bytearray) -> Iterator[tuple[int, int]]:
    """Yield where words stand that nothing covers: Latin ones one by one, Chinese ones as they run."""
    free = "".join("\0" if covered[at] else char for at, char in enumerate(text))
    for match in _UNREAD_WORD.finditer(free):
        if match[0].isascii():
            if match[0] not in _GRAMMAR and not match[0].isdigit():
                yield match.span()
            continue
        at = match.start()
        for piece in _PARTICLES.split(match[0]):
            start = text.index(piece, at)
            if piece:
                yield start, start + len(piece)
            at = start + len(piece)


def _boards(job: RenderJob, script: Shots) -> Iterator[Notes]:
    for number, shot in enumerate(script.shots if job.mode in _READS_ALL else script.shots[:1], 1):
        board = described(Shots((shot,)))
        timed: Notes = {
            "number": number,
            "starts": round(shot.first / FPS, 3),
            "seconds": round(_frames(job, shot) / FPS, 3),
        }
        timed["transition"] = "dissolve" if shot.dissolve else "cut"
        if job.mode not in _READS_ALL:
            yield {**timed, **_of_inputs(job), "sounds": board["sounds"], "understood": board["understood"]}
            continue
        yield {**timed, **{name: value for name, value in board.items() if name not in _INTERNAL}}


def _frames(job: RenderJob, shot: Shot) -> int:
    return shot.frames if job.mode in _READS_ALL else job.frames


def _of_inputs(job: RenderJob) -> Notes:
    """Return what a clip that begins with a picture or another clip shows, and what the engine does not do there."""
    match job.mode:
        case Mode.IMAGE:
            move = "static" if job.camera_fixed else camera_in(job.prompt)
            camera = {"move": move, "speed": 1.0}
            return {"begins_with": "picture", "camera": camera, "motion": "parallax", "not_done": [STILL_LIMITS]}
        case Mode.FRAMES:
            return {"begins_with": "first_frame", "ends_with": "last_frame", "not_done": [MORPH_LIMITS]}
        case Mode.EXTEND:
            end = "last_frame" if picture_of(job.inputs, Role.LAST_FRAME) else "living still"
            return {"begins_with": "clip", "ends_with": end, "not_done": [EXTEND_LIMITS]}
        case _:
            models = sum(i.role is Role.REFERENCE and i.kind is MediaKind.IMAGE for i in job.inputs)
            return {"begins_with": "source", **notes_of(follow(job.prompt, job.negative_prompt), models)}


def _named(boards: list[Notes]) -> dict[str, str]:
    """Return the Chinese words for what the shots hold, by slot and value, as far as the lexicon has any."""
    return {f"{slot}:{value}": word for slot, value in _values(boards) if (word := _chinese().get((slot, value)))}


def _values(boards: list[Notes]) -> Iterator[tuple[str, str]]:
    for board in boards:
        yield from ((name, str(board[name])) for name in ("place", "time", "weather", "season") if name in board)
        if "camera" in board:
            yield "camera", str(board["camera"]["move"])
        for who in board.get("subjects", ()):
            yield "subject", str(who["kind"])
            yield "noun", str(who["kind"])
            yield "action", str(who.get("action", ""))


@functools.cache
def _chinese() -> dict[tuple[str, str], str]:
    """Return a Chinese word for each meaning: a phrase that means nothing else, where there is such."""
    phrases = [(phrase, found) for phrase, found in lexicon().meanings.items() if not phrase.isascii()]
    words = dict(_USUAL)
    for phrase, found in sorted(phrases, key=lambda one: len(one[1]) > 1):
        for slot, value in found:
            words.setdefault((slot, value), phrase)
    return words


def _all(boards: list[Notes], name: str) -> list[str]:
    return list(dict.fromkeys(item for board in boards for item in board.get(name, ())))


def _moments(job: RenderJob, script: Shots) -> Iterator[Moment]:
    """Yield which moments make the strip: one of each shot, and the given pictures where a clip has to show them."""
    if job.mode not in _READS_ALL:
        yield Moment(0, 0)
        if job.mode in (Mode.IMAGE, Mode.FRAMES) or picture_of(job.inputs, Role.LAST_FRAME):
            yield Moment(0, job.frames - 1)
        return
    if picture_of(job.inputs, Role.FIRST_FRAME):
        yield Moment(0, 0)
    for number, shot in enumerate(script.shots):
        yield Moment(number, shot.first + min(_SETTLED, shot.frames // 3))


def _picture(job: RenderJob, moment: Moment) -> Planes:
    first, last = picture_of(job.inputs, Role.FIRST_FRAME), picture_of(job.inputs, Role.LAST_FRAME)
    if moment.frame == 0 and first is not None:
        return covering(first, job.width, job.height)
    if last is not None and moment.frame == job.frames - 1:
        return covering(last, job.width, job.height)
    out = Planes.empty(job.width, job.height)
    match job.mode:
        case Mode.IMAGE:
            scene, _ = still(job)
        case Mode.EDIT:
            scene, _ = edit(job)
        case Mode.EXTEND:
            scene, _ = extend(job)
        case Mode.FRAMES:
            raise UnusableInput("a first and a last picture are needed")
        case _:
            return _staged(job, moment)
    scene.frame(moment.frame, out)
    return out


def _staged(job: RenderJob, moment: Moment) -> Planes:
    """Return a frame of a shot that is drawn from words; the shots before it are not painted for that."""
    shot = shots_of(job).shots[moment.shot]
    out = Planes.empty(job.width, job.height)
    stage, _ = paint(job, shot.board)
    stage.frame(moment.frame - shot.first, out)
    return out


def _smaller(job: RenderJob) -> RenderJob:
    scale = min(1.0, PREVIEW_SIDE / max(job.width, job.height))
    width, height = (max(2, round(pixels * scale / 2) * 2) for pixels in (job.width, job.height))
    return replace(job, width=width, height=height)


def _webp(picture: Planes) -> bytes:
    file = io.BytesIO()
    rgb = np.asarray(cv2.cvtColor(picture.bgr(), cv2.COLOR_BGR2RGB))
    Image.fromarray(rgb).save(file, "WEBP", quality=QUALITY, method=_EFFORT)
    return file.getvalue()
