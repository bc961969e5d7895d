from __future__ import annotations

import hashlib
from collections import Counter
from typing import ClassVar

import pytest

from reelgate.animatic.language.shots import DISSOLVE_FRAMES, Shot, shots_of
from reelgate.animatic.language.storyboard import understand
from reelgate.animatic.modes.film import FilmScene
from reelgate.render.planes import Planes
from tests.animatic.drawing import difference, drawn, job_of


def plan(prompt: str, seconds: int = 6) -> list[str]:
    """Write each shot on one line: place, time, subjects and actions."""
    script = shots_of(job_of(prompt, frames=24 * seconds))
    lines = []
    for shot in script.shots:
        who = [f"{s.kind}:{s.action}" for s in shot.board.subjects]
        lines.append(" ".join([*(["~"] if shot.dissolve else []), shot.board.place, shot.board.time, *who]))
    return lines


GOLDEN = {
    "A cat sleeps in a room, then runs across the grass at night": ["room day cat:sleep", "~ grassland night cat:run"],
    "A horse gallops over a meadow at dawn. Cut to a ship at sea.": ["grassland dawn horse:run", "sea dawn ship:stand"],
    "一只猫在草地上奔跑,然后切换到夜晚的城市街道": ["grassland day cat:run", "street night"],
    "镜头一:黄昏的灯塔。镜头二:一个女孩在沙滩上走。镜头三:雪山": [
        "sea dusk lighthouse:stand", "beach dusk woman:walk", "mountains dusk",
    ],
    "Shot 1: a robot in a street. Shot 2: an astronaut in space.": [
        "street day robot:stand", "space day astronaut:stand",
    ],
    "A man walks on a beach at sunset. A woman dances in a garden.": [
        "beach dusk man:walk", "flowers dusk woman:dance",
    ],
    "森林里有一只鹿。一条鲸鱼在深海里游。": ["forest day deer:stand", "underwater day whale:swim"],
    "A red car drives on a highway, dissolve to a train in snow": ["road day car:drive", "~ railway day train:stand"],
    "一个人走过草原,随后跑起来": ["grassland day person:walk"],
}  # fmt: skip


@pytest.mark.parametrize("prompt", GOLDEN)
def test_what_becomes_a_shot(prompt: str) -> None:
    assert plan(prompt) == GOLDEN[prompt]


@pytest.mark.parametrize(
    "prompt",
    [
        "A cinematic wide shot of a white horse running across a misty grassland at sunrise, soft rim light.",
        "黄昏海边的灯塔,镜头缓慢推进,海浪轻拍礁石,海鸟叫声,电影级光影,稳定运镜",
        "电影感航拍镜头,日出时分掠过未来海滨城市,光线柔和,镜头缓慢推进。",
        "人物从正面自然转向侧面,身份保持稳定,动作连贯。",
        "A man walks on a beach. Gulls fly overhead. The light is warm. Mountains in the distance.",
        "A cat sits in a garden. The cat is orange. Slow push in.",
        "A dog runs on grass, then the camera pulls back",
        "草地上有一匹马。远处是雪山。",
        "Cinematic, 4k. A lake at dawn.",
    ],
)
def test_what_stays_one_shot(prompt: str) -> None:
    job = job_of(prompt, frames=120)
    (shot,) = shots_of(job).shots
    assert shot.board == understand(prompt, "", job.seed, 5.0)
    assert (shot.first, shot.frames, shot.dissolve) == (0, 120, False)


def test_a_style_holds_for_all_shots() -> None:
    script = shots_of(job_of("a cat on grass, then a dog on a beach. Watercolour style.", frames=120))
    assert [shot.board.styles for shot in script.shots] == [("watercolour",)] * 2


@pytest.mark.parametrize("frames", [1, 24, 47, 49, 120, 1440])
def test_the_time_is_shared_out(frames: int) -> None:
    places = ["forest", "beach with a long description of the evening light", "desert", "lake", "road"]
    script = shots_of(job_of(". Cut to ".join(f"a dog in a {place}" for place in places), frames=frames))
    assert sum(shot.frames for shot in script.shots) == frames
    assert [shot.first for shot in script.shots] == [
        sum(s.frames for s in script.shots[:i]) for i in range(len(script.shots))
    ]
    assert all(shot.frames >= min(frames, 24) for shot in script.shots)
    assert len(script.shots) + len(script.unshown) == len(places)


@pytest.mark.parametrize("prompt", [
    "[0-1s] a cat in a garden [1-4s] a dog on a beach",
    "[00:00-00:02] a cat in a garden. [00:02-00:08] a dog on a beach",
    "0-1秒:一只猫在花园里;1-4秒:一只狗在沙滩上", "Shot 1 (1s-2s): a cat in a garden. Shot 2 (2s-5s): a dog on a beach",
])  # fmt: skip
def test_time_codes_say_how_long_a_shot_is(prompt: str) -> None:
    assert [shot.frames for shot in shots_of(job_of(prompt, frames=96)).shots] == [24, 72]


def test_a_clip_shows_its_shots_one_after_the_other() -> None:
    job = job_of("a horse runs on grass, 切换到夜晚的街道, dissolve to a whale underwater", frames=144)
    (_, before, after, mixed, last), notes = drawn(job, at=(0, 47, 60, 108, 143))
    starts = [shot["starts"] for shot in notes["shots"]]
    assert [shot["place"] for shot in notes["shots"]] == ["grassland", "street", "underwater"]
    assert [shot["transition"] for shot in notes["shots"]] == ["cut", "cut", "dissolve"]
    assert starts[0] == 0
    assert difference(before, after) > 10
    assert difference(mixed, last) > 3


def test_the_same_shots_give_the_same_frames() -> None:
    job = job_of("a cat runs on grass. Then a dog walks on a beach at night.", (160, 90), frames=60)
    digests = {hashlib.sha256(b"".join(p.tobytes() for p in drawn(job, range(60))[0])).digest() for _ in range(2)}
    assert len(digests) == 1


class Flat:
    """A scene of one grey level that counts how many of its kind are alive."""

    alive: ClassVar[Counter[str]] = Counter()

    def __init__(self, level: int) -> None:
        self._level = level
        self.alive["now"] += 1
        self.alive["most"] = max(self.alive["most"], self.alive["now"])

    def frame(self, index: int, out: Planes) -> None:
        out.buffer.fill(self._level)

    def __del__(self) -> None:
        self.alive["now"] -= 1


def test_a_film_keeps_one_scene_even_while_two_melt() -> None:
    board = understand("", "", 1, 1.0)
    shots = [Shot(board, 24 * i, 24, dissolve=i == 2) for i in range(5)]
    film = FilmScene(shots, lambda shot: Flat(10 + shot.first), (32, 18))
    out = Planes.empty(32, 18)
    levels = []
    for index in range(120):
        film.frame(index, out)
        levels.append(int(out.y[0, 0]))
    assert levels[:48] == [10] * 24 + [34] * 24
    melting = levels[48 : 48 + DISSOLVE_FRAMES + 1]
    assert melting == sorted(melting)
    assert 34 < melting[0] < melting[-1] == 58
    assert levels[72:] == [82] * 24 + [106] * 24
    assert Flat.alive["most"] == 1
