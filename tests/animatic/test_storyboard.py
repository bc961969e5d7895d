from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.shots import shots_of
from reelgate.animatic.language.storyboard import Storyboard, understand
from reelgate.animatic.places.places import PLACES
from reelgate.animatic.sound.sound_sources import SOURCES
from reelgate.animatic.subjects import FIGURES
from tests.animatic.drawing import job_of


def brief(prompt: str, negative: str = "") -> str:
    """Write a storyboard on one line: place, time, weather, camera, subjects."""
    b = understand(prompt, negative, 1, 5.0)
    who = [f"{s.count}x{s.colour}{'-' if s.colour else ''}{s.kind}:{s.action}" for s in b.subjects]
    return " ".join(
        [b.place, b.time, b.weather, b.camera.move if "camera" in prompt or "镜头" in prompt else "-", *who]
    )


GOLDEN = {
    "一只猫在草地上奔跑": "grassland day clear - 1xcat:run",
    "一只猫在阳光明媚的房间里弹钢琴": "room day clear - 1xcat:play 1xpiano:play",
    "A cinematic wide shot of a white horse running across a misty grassland at sunrise, realistic motion": (
        "grassland dawn mist - 1xwhite-horse:run"
    ),
    "电影感航拍镜头,日出时分掠过未来海滨城市,光线柔和,镜头缓慢推进。": "harbour dawn clear aerial",
    "黄昏海边的灯塔,镜头缓慢推进,海浪轻拍礁石,海鸟叫声,电影级光影,稳定运镜": "sea dusk clear push 1xlighthouse:stand",
    "A person walking on a beach": "beach day clear - 1xperson:walk",
    "futuristic city street with neon rain": "street night rain -",
    "a red car on a road": "road day clear - 1xred-car:stand",
    "红色的汽车在沿海公路上行驶": "road day clear - 1xred-car:drive",
    "a forest in autumn, the camera tilts up": "forest day clear tilt_up",
    "雪山,暴雪,固定镜头": "mountains day snow static",
    "机器人马上走过来": "street day clear - 1xrobot:walk",
    "an astronaut": "space day clear - 1xastronaut:stand",
    "three fish underwater": "underwater day clear - 3xfish:stand",
    "两只狗和一只黑猫在公园里散步": "forest day clear - 2xdog:walk 1xblack-cat:walk",
    "鲸鱼在深海里游": "underwater day clear - 1xwhale:swim",
    "A GIRL DANCING IN A GARDEN，FULL－WIDTH": "flowers day clear - 1xwoman:dance",
    "热气球飞过沙漠": "desert day clear - 1xballoon:fly",
    "星空下的篝火": "forest night clear - 1xcampfire:stand",
    "春天的樱花树": "grassland day clear - 1xtree:stand",
    "an empty office at night, handheld camera": "office night clear handheld",
    "一个老人和一个小女孩在公园里散步": "forest day clear - 1xelder:walk 1xgirl:walk",
    "a knight rides a white horse": "mountains day clear - 1xknight:ride 1xwhite-horse:stand",
    "五个人在草原上骑马": "grassland day clear - 5xperson:ride 1xhorse:ride",
    "five people run on a beach": "beach day clear - 5xperson:run",
    "5秒,一只狗在雪地里": "snowfield day clear - 1xdog:stand",
    "football players in a stadium": "pitch day clear - 3xfootballer:stand",
    "踢足球": "pitch day clear - 1xperson:kick",
    "children build a snowman": "snowfield day clear - 3xchild:operate 1xsnowman:stand",
    "an empty coastal road, static camera": "road day clear static",
    "a red umbrella on the beach": "beach day clear - 1xred-umbrella:stand",
    "an owl on a branch": "forest night clear - 1xowl:sit",
    "两只小鸟站在枝头,草地": "grassland day clear - 2xbird:sit",
    "女子在古风庭院弹古筝": "courtyard day clear - 1xwoman:zither",
    "弹琵琶的女子,室内": "room day clear - 1xwoman:pipa",
    "水墨山水,一叶小船": "lake day clear - 1xrowboat:stand",
    "a man in a red coat walks on a beach": "beach day clear - 1xred-man:walk",
    "公园里,一个女孩穿着蓝色连衣裙跳舞": "forest day clear - 1xblue-woman:dance",
    "an old woman cooks in a kitchen": "kitchen day clear - 1xgrandmother:cook",
    "a couple walks in a village": "village day clear - 2xcouple:walk",
    "狗在沙发上睡觉": "room day clear - 1xdog:sleep",
    "a man plays guitar by a campfire": "forest night clear - 1xman:play 1xguitar:play 1xcampfire:stand",
    "水彩风格的森林": "forest day clear -",
    "4 cats in a kitchen": "kitchen day clear - 4xcat:stand",
    "thunderstorm over the open sea with a ship": "sea day storm - 1xship:stand",
}


@pytest.mark.parametrize("prompt", GOLDEN)
def test_what_a_prompt_is_read_as(prompt: str) -> None:
    assert brief(prompt) == GOLDEN[prompt]


def test_both_languages_say_the_same() -> None:
    pairs = [
        ("a white horse runs on grass at sunset", "黄昏一匹白马在草地上奔跑"),
        ("rain in a city street at night", "夜晚城市街道下雨"),
    ]
    for english, chinese in pairs:
        assert brief(english) == brief(chinese)


def test_the_longest_phrase_hides_the_words_inside_it() -> None:
    assert [s.kind for s in understand("机器人", "", 1, 5.0).subjects] == ["robot"]
    assert understand("马上出发", "", 1, 5.0).subjects == ()
    assert understand("category and manga", "", 1, 5.0).subjects == ()
    assert understand("grassland", "", 1, 5.0).place == "grassland"


def test_negative_prompt_removes_what_it_names() -> None:
    without = understand("a cat and a dog in the rain on a beach", "dog, 雨, blurry", 1, 5.0)
    assert [s.kind for s in without.subjects] == ["cat"]
    assert without.weather == "clear"
    assert without.removed == ("dog", "rain")
    assert "rain" not in without.sounds


@pytest.mark.parametrize(("prompt", "gone"), [
    ("a beach without people or birds, a boat", {"person", "bird"}), ("没有汽车和行人的街道,一只狗", {"car", "person"}),
])  # fmt: skip
def test_what_a_prompt_says_is_not_there_stays_away(prompt: str, gone: set[str]) -> None:
    board = understand(prompt, "", 1, 5.0)
    assert len(board.subjects) == 1
    assert not gone & {subject.kind for subject in board.subjects}
    assert gone <= set(board.without)
    assert len(board.removed) == len(gone)


@pytest.mark.parametrize(("word", "style"), [
    ("eerie", "eerie"), ("阴森", "eerie"), ("joyful", "joyful"), ("欢快", "joyful"), ("peaceful", "calm"),
    ("宁静", "calm"), ("melancholy", "cold"), ("romantic", "warm"), ("温馨", "warm"),
])  # fmt: skip
def test_moods_have_colours_of_their_own(word: str, style: str) -> None:
    assert understand(f"a lake, {word}", "", 1, 5.0).styles == (style,)


@pytest.mark.parametrize(
    "prompt", ["", "   ", "xyzzy blorp", "ß∂ƒ©", "ไทย", "🙂🙂", "の" * 20_000, "a" * 20_000, "\0\n\t[]{}"]
)
def test_unknown_words_still_give_a_scene(prompt: str) -> None:
    board = understand(prompt, prompt, 5, 4.0)
    assert board.place in PLACES
    assert board == understand(prompt, prompt, 5, 4.0)


def test_unknown_words_choose_by_prompt_and_seed() -> None:
    boards = {
        (b.place, b.time, b.camera.move, b.layout) for b in (understand(f"zzz {i}", "", 3, 5.0) for i in range(30))
    }
    assert len(boards) == 30
    assert len({place for place, *_ in boards}) > 3


def test_pace_and_styles() -> None:
    board = understand("镜头快速推进,赛博朋克,怀旧", "", 1, 5.0)
    assert board.camera.speed > 1.2
    assert set(board.styles) == {"neon", "vintage"}
    assert understand("slow push in", "", 1, 5.0).camera.speed < 1


MOVES = {
    "push": ("the camera slowly pushes in", "镜头缓慢推进", "zoom in", "第一人称视角"),
    "pull": ("pull out", "镜头拉远", "zooms out", "镜头后退"),
    "pan_left": ("camera pans left", "镜头左移", "truck left", "镜头向左移动"),
    "pan_right": ("the camera pans to the right", "镜头向右平移", "from left to right"),
    "truck": ("tracking shot", "truck right", "跟拍", "camera follows"),
    "tilt_up": ("tilt up", "镜头上摇", "low angle shot", "仰视"),
    "tilt_down": ("tilts down", "镜头下摇", "俯视"),
    "orbit": ("the camera orbits", "镜头环绕", "arc shot"),
    "crane": ("crane shot", "升降镜头"),
    "handheld": ("handheld camera", "手持拍摄"),
    "aerial": ("aerial view", "航拍", "drone shot", "无人机航拍", "bird's-eye view"),
    "static": ("static camera", "固定镜头", "the camera does not move", "固定机位"),
}


@pytest.mark.parametrize(("move", "phrase"), [(move, phrase) for move, said in MOVES.items() for phrase in said])
def test_camera_moves_in_both_languages(move: str, phrase: str) -> None:
    board = understand(f"a lake, {phrase}", "", 1, 5.0)
    assert (board.camera.move, board.subjects, board.place) == (move, (), "lake")


@pytest.mark.parametrize(("slow", "fast"), [("slow pan left", "fast pan left"), ("镜头缓慢左移", "镜头快速左移")])
def test_pace_is_of_the_camera(slow: str, fast: str) -> None:
    assert understand(slow, "", 1, 5.0).camera.speed < 1 < understand(fast, "", 1, 5.0).camera.speed


DIFFER = [
    ("a man on grass", "an old man on grass"), ("一个女人在公园", "一个小女孩在公园"), ("a cat", "two cats"),
    ("a forest", "a bamboo forest"), ("a city at night", "a city at night, fireworks"), ("a man walks", "a man sits"),
    ("a lake, joyful", "a lake, eerie"), ("一只狗睡觉", "一只狗奔跑"), ("a red car", "a blue car"),
    ("a boat on a lake", "a ship on a lake"), ("雪山", "雪山,彩虹"), ("a street", "a street without clouds"),
    ("slow push in, a beach", "fast push in, a beach"), ("an oil painting of a hill", "a photo of a hill"),
    ("a knight rides a horse", "a knight stands beside a horse"), ("a cup of coffee", "a birthday cake"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), DIFFER)
def test_what_differs_in_meaning_differs_in_more_than_its_layout(one: str, other: str) -> None:
    a, b = (understand(prompt, "", 1, 5.0) for prompt in (one, other))
    alike: dict[str, Any] = {"layout": (0, 0), "understood": (), "removed": ()}
    if "push" not in one:
        alike["camera"] = a.camera
    assert msgspec.structs.replace(a, **alike) != msgspec.structs.replace(b, **alike)


NAMED = {
    "frog": ("a frog at a pond", "一只青蛙"), "snake": ("a cobra in the sand", "蛇在沙漠里"),
    "bat": ("bats at dusk", "蝙蝠"), "crocodile": ("a crocodile", "河里的鳄鱼"),
    "kangaroo": ("two kangaroos", "袋鼠"), "spider": ("a spider", "一只蜘蛛"), "bee": ("a honeybee", "蜜蜂"),
    "crab": ("a crab on the beach", "螃蟹"), "octopus": ("an octopus", "章鱼"),
    "seahorse": ("a seahorse", "海马"), "hedgehog": ("a hedgehog", "刺猬"),
    "owl": ("an owl at night", "猫头鹰"), "crane": ("a crane bird over a lake", "丹顶鹤"),
    "peacock": ("a peacock", "孔雀开屏"), "parrot": ("a parrot", "鹦鹉"),
    "tyrannosaur": ("a T-Rex roars", "霸王龙"), "fire_engine": ("a fire engine", "消防车"),
    "tram": ("a tram", "有轨电车"), "ambulance": ("an ambulance", "救护车"),
    "excavator": ("an excavator", "挖掘机"), "taxi": ("a taxi", "出租车"), "lantern": ("red lanterns", "灯笼"),
    "kite": ("a kite", "风筝"), "satellite": ("a satellite", "人造卫星"), "clock": ("an alarm clock", "闹钟"),
    "laptop": ("a laptop", "笔记本电脑"), "camera": ("a vintage camera", "照相机"),
    "burger": ("a hamburger", "汉堡"), "noodles": ("a bowl of ramen", "一碗拉面"),
    "candle": ("a candle", "烛光"), "rose": ("a red rose", "玫瑰花"), "sunflower": ("a sunflower", "向日葵"),
    "lotus": ("a water lily", "荷花"), "cactus": ("a cactus", "仙人掌"), "mushroom": ("mushrooms", "蘑菇"),
    "gift": ("a gift box", "礼物"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMED)
def test_a_subject_has_names_in_both_languages(kind: str) -> None:
    assert [[s.kind for s in understand(prompt, "", 1, 5.0).subjects] for prompt in NAMED[kind]] == [[kind], [kind]]


@pytest.mark.parametrize("prompt", [
    "a lake, shot on iPhone", "蘑菇云", "the sun rose over the sea", "画蛇添足", "a valley, crane shot", "玫瑰金的湖面",
    "a coast, satellite view", "湖,手机拍摄", "camera pushes in, a lake",
])  # fmt: skip
def test_words_that_are_parts_of_others_name_nobody(prompt: str) -> None:
    assert understand(prompt, "", 1, 5.0).subjects == ()


def test_what_is_seldom_alone_comes_in_several() -> None:
    said = ("萤火虫", "a firefly", "夜空中的灯笼", "两个灯笼", "a bee")
    assert [understand(prompt, "", 1, 5.0).subjects[0].count for prompt in said] == [5, 1, 3, 2, 1]


def test_framing() -> None:
    framings = [understand(f"a cat, {w}", "", 1, 5.0).framing for w in ("close-up", "特写", "wide shot", "全景", "")]
    assert framings == ["close", "close", "wide", "wide", "medium"]


def test_a_storyboard_survives_json() -> None:
    board = understand("两匹白马在雪地里奔跑, slow pan left", "car", 9, 5.0)
    assert msgspec.json.decode(msgspec.json.encode(board), type=Storyboard) == board
    assert json.loads(msgspec.json.encode(board))["subjects"][0] == {
        "kind": "horse",
        "action": "run",
        "colour": "white",
        "count": 2,
    }


def test_every_word_can_be_drawn_and_heard() -> None:
    values = lexicon().values
    assert set(values["subject"]) == set(FIGURES)
    assert set(values["place"]) == set(PLACES)
    assert set(values["sound"]) <= set(SOURCES)
    for kind in lexicon().kinds.values():
        assert kind.place in {"", *PLACES}
        assert kind.sound in {"", *SOURCES}


AS_PEOPLE_WRITE = {
    "A cinematic tracking shot of a black sports car speeding along a coastal road at sunset, 4K, ultra realistic.": [
        "road dusk clear cinematic black-car:drive",
    ],
    "Medium shot of an old fisherman with a white beard sitting in a wooden boat on a misty lake at dawn.": [
        "lake dawn mist man:sit rowboat:stand",
    ],
    "Studio Ghibli-like hand-drawn animation, a little girl and a large cat walk through a meadow full of flowers": [
        "flowers day clear cartoon girl:walk cat:walk",
    ],
    "[0-3s] A cat sits on a windowsill. [3-5s] It jumps down and runs away.": [
        "window day clear cat:sit", "window day clear cat:jump",
    ],
    "Shot 1 (0-2s): wide shot of a castle on a hill. Shot 2 (2-5s): a dragon flies over the castle.": [
        "mountains day clear castle:stand", "mountains day clear dragon:fly castle:stand",
    ],
    "1. A boy opens a door in a bedroom.\n2. He walks into a snowy forest.\n3. A deer looks at him.": [
        "bedroom day clear boy:open", "forest day snow boy:walk", "forest day snow deer:stand",
    ],
    'A woman in a cafe says: "I saw a dog and two horses on the beach yesterday." She smiles.': [
        "cafe day clear woman:stand",
    ],
    'A neon sign that reads "COFFEE & CAKE" in a rainy street at night': ["street night rain neon"],
    "A dog, not a cat, sits on a sofa": ["room day clear dog:sit"],
    "A runner as fast as a horse on a stadium track": ["stadium day clear person:run"],
    "A ballerina, light as a feather and graceful like a swan, spins on a stage": ["concert day clear dancer:dance"],
    "A Ford Mustang drives through New York at night": ["city night clear car:drive"],
    "A girl named Rose reads a book in Central Park": ["forest day clear woman:read"],
    "🚗 driving to the 🏖️ at sunset 🌅✨": ["beach dusk clear car:drive"],
    "THREE DOGS CHASING A CAT IN THE PARK!!!": ["forest day clear 3xdog:run cat:run"],
    "horses galloping across the plains": ["grassland day clear 3xhorse:run"],
    "Ten ducks swim on a lake": ["lake day clear 5xduck:swim"],
    "under a blue sky a man rides a brown horse": ["grassland day clear man:ride brown-horse:stand"],
    "A blue-eyed cat with a red scarf": ["grassland day clear cat:stand"],
    "A black and white cat sleeping on a yellow blanket": ["bedroom day clear black-cat:sleep yellow-blanket:stand"],
    "A garden at dawn. The bird is blue.": ["flowers dawn clear blue-bird:stand"],
    "A cat turns into a tiger in the jungle": ["forest day clear cat:stand", "forest day clear tiger:stand"],
    "A monk sits next to a sleeping tiger in a temple": ["mountains day clear monk:sit tiger:sleep tower:stand"],
    "A hosre and a buterfly in the forrest": ["forest day clear horse:stand butterfly:stand"],
    "A crane lands gracefully in a marsh at dawn": ["river dawn clear crane:fly"],
    "One continuous shot: we follow a waiter through a crowded restaurant, out the back door into an alley.": [
        "cafe day clear person:stand",
    ],
    "一位白发老人坐在湖边的长椅上钓鱼,晨雾弥漫": ["lake day mist elder:fish bench:stand"],
    "一镜到底,跟随一个女孩穿过热闹的夜市,然后走进一条安静的小巷": ["market night clear joyful calm woman:walk"],
    "0-2秒:一只猫坐在窗台上。2-5秒:它跳下来跑开。": ["window day clear cat:sit", "window day clear cat:jump"],
    "镜头 1:清晨的村庄;镜头 2:一个农民走在田间;镜头 3:夕阳下的麦田": [
        "village dawn clear", "farm dawn clear farmer:walk", "farm dusk clear",
    ],
    "1、一个男孩推开卧室的门\n2、他走进下雪的森林\n3、一只鹿看着他": [
        "bedroom day clear boy:open", "forest day snow boy:walk", "forest day snow deer:stand",
    ],
    "老人低声说「龙要来了」,孩子睁大眼睛": ["grassland day clear elder:stand child:stand"],
    "不是猫,是一只狗坐在沙发上": ["room day clear dog:sit"],
    "公园里,女孩像蝴蝶一样在雨中起舞": ["forest day rain woman:dance"],
    "云朵好像一条龙,飘在村庄上空": ["village day clear cloud:fly"],
    "马云和马斯克在会议室握手": ["office day clear person:shake"],
    "一個女孩騎著白馬在草原上奔馳,鏡頭跟隨": ["grassland day clear woman:ride white-horse:run"],
    "三隻鳥飛過村莊,遠處是高山": ["village day clear 3xbird:fly"],
    "两只猫追一只老鼠": ["grassland day clear 2xcat:run mouse:run"],
    "绿色的草地上有一只狗": ["grassland day clear dog:stand"],
    "一匹白马和一匹黑马在草原上奔跑": ["grassland day clear white-horse:run black-horse:run"],
    "熟睡的老虎旁边坐着一个和尚": ["forest day clear tiger:sleep monk:sit"],
    "镜头一直跟随一只狐狸穿过雪地": ["snowfield day clear fox:stand"],
}  # fmt: skip
"""Place, time, weather, styles and subjects of each shot."""


def cast_as(who: Subject) -> str:
    many, colour = f"{who.count}x" if who.count > 1 else "", f"{who.colour}-" if who.colour else ""
    return f"{many}{colour}{who.kind}:{who.action}"


@pytest.mark.parametrize("prompt", AS_PEOPLE_WRITE)
def test_prompts_as_people_write_them(prompt: str) -> None:
    shots = [shot.board for shot in shots_of(job_of(prompt, frames=192)).shots]
    assert [" ".join([b.place, b.time, b.weather, *b.styles, *map(cast_as, b.subjects)]) for b in shots] == (
        AS_PEOPLE_WRITE[prompt]
    )


def test_traditional_characters_are_read_as_simplified() -> None:
    one, other = (understand(words, "", 1, 5.0) for words in ("一隻貓在圖書館裡,航拍", "一只猫在图书馆里,航拍"))
    assert msgspec.structs.replace(one, layout=other.layout) == other


def test_what_is_drawn_as_something_near_is_told() -> None:
    board = understand("a fox in a forest, claymation, pixel art, dolly zoom, 慢动作", "", 1, 5.0)
    assert board.nearest == ("claymation: cartoon", "dolly zoom: push", "慢动作: slow")
    assert board.styles == ("cartoon", "pixel")


@pytest.mark.parametrize("prompt", [
    "A tiny horse on the left, a giant brown cow on the right", "画面左侧是一匹小小的马,右侧是一头巨大的棕色奶牛",
])  # fmt: skip
def test_size_and_side_are_of_who_they_are_told_of(prompt: str) -> None:
    horse, cow = understand(prompt, "", 1, 5.0).subjects
    assert (horse.kind, horse.scale, horse.side) == ("horse", "small", "left")
    assert (cow.kind, cow.scale, cow.side, cow.colour) == ("cow", "giant", "right", "brown")


@pytest.mark.parametrize(("prompt", "move"), [
    ("a drone, the camera orbits", "orbit"), ("a lake, the camera shakes", "handheld"), ("一条河,静态镜头", "static"),
    ("镜头穿过竹林", "push"), ("the camera tilts upwards along a tower", "tilt_up"), ("湖,相机环绕", "orbit"),
])  # fmt: skip
def test_the_camera_is_told_in_many_words(prompt: str, move: str) -> None:
    assert understand(prompt, "", 1, 5.0).camera.move == move
