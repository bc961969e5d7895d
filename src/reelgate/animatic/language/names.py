"""Who is meant by a name that no word list has, and what a noun is that nothing else tells of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reelgate.animatic.language.lexicon import Term, lexicon

_NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?(?= )")
_NO_NAMES = frozenset({
    "the", "a", "an", "in", "on", "at", "then", "and", "while", "with", "as", "his", "her", "its", "their", "this",
    "that", "there", "here", "it", "he", "she", "they", "we", "i", "you", "camera", "scene", "shot", "video",
    "animation", "close", "view", "slowly", "suddenly", "someone", "everyone", "nobody", "nothing",
})  # fmt: skip
"""Words that begin a sentence before a verb and are not names."""

_SOUNDS = (
    "阿艾安奥巴班邦鲍贝本比宾波伯博布查达戴丹德迪蒂丁杜顿多恩尔法菲费芬佛夫弗福盖戈格哈汉赫亨胡华怀霍基吉加佳杰卡凯坎康考柯科克肯库奎拉莱兰"
    "朗劳勒雷蕾里丽利莉琳卢鲁露伦罗洛玛麦曼梅蒙米密莫默姆穆纳娜奈内尼妮诺帕派佩彭皮普齐乔琼萨塞桑瑟莎舍史斯丝苏索塔泰汤特托瓦威韦维温沃"
    "乌希谢休雅亚扬耶伊尤约泽扎詹珍兹卓佐"
)
"""Characters that foreign names are written with for their sound."""

_CALLED = "明红刚丽华芳强军伟娟敏静美玲亮宝龙燕勇杰涛磊鹏霞王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"
_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙朱胡郭何罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖"
    "石贾韦夏付方邹熊孟秦邱"
)
_GOES_ON = (
    r"(?=(?:正|在|站|坐|走|跑|拿|手|穿|和|与|是|用|从|把|被|看|抬|向|对|一边|微笑|戴|骑|开|缓|慢|独自|终于|突然|身|轻|高兴|伸|举|抱|提|想|躺|跳|"
    r"来到|转|低|蹲|跪|挥|唱|弹|打|吃|喝|写|读|睡|笑|哭|推|拉|飞))"
)
_NAME_ZH = re.compile(
    rf"(?:^|(?<=[,。!?;、:\s]))(?:[{_SOUNDS}]{{2,5}}(?:·[{_SOUNDS}]{{2,5}})?|[小老阿][{_CALLED}]|[{_FAMILY}][\u4e00-\u9fff]{{1,2}}?)"
    + _GOES_ON
)

_COUNTED_ZH = re.compile(r"[一二两三四五六几数\d][名位](?=[\u4e00-\u9fff])")
_TITLE = 9  # characters after 一名 in which the word for who it is stands
"""Only people are counted with these."""

_TOLD_OF = re.compile(
    r"\b(?:a|an|the|this|that|his|her|their|my|one|two|three|some|several|many) ((?:[a-z]+(?:-[a-z]+)*[ ]?){1,3})"
)
_ENDS_NOUN = re.compile(
    r" (?:in|on|at|of|with|and|is|are|was|that|which|who|from|to|into|near|by|under|over|for|as|while|being|has)\b.*"
    r"| [a-z]+(?:ing|s)$"
)
_TOLD_OF_ZH = re.compile(
    r"[一两三几这那][个只台把块条张位件座棵颗朵盏支瓶辆艘架]([\u4e00-\u9fff]{2,4}?)(?=[,。!?;的在从向上下里中和与\s]|$)"
)
_NO_NOUN = frozenset({
    "same", "other", "whole", "first", "second", "third", "last", "next", "very", "most", "more", "few", "lot", "kind",
    "sort", "way", "moment", "camera", "scene", "shot", "video", "view", "frame", "image", "picture", "background",
    "foreground", "style", "atmosphere", "mood", "light", "lighting", "colour", "color", "close", "wide", "film",
    "story", "beautiful", "new", "long", "short", "high", "low", "clip", "animation", "effect", "sense", "feeling",
})  # fmt: skip


_NO_NOUNS = ("ly", "ing", "ed", "ful", "ous", "ish")


def named(prompt: str, text: str, terms: Sequence[Term]) -> list[Term]:
    """Return a person for each proper name that does something, of which no word is known: "Ada Byron dances", 小明在
    跑步."""
    if len(prompt) != len(text):
        return []
    known, starts = lexicon().meanings, {term.at for term in terms if term.slot == "action"}
    taken = [(term.at, term.end) for term in terms if term.slot not in ("copula", "nothing")]
    english = [
        match
        for match in _NAME.finditer(prompt)
        if match.end() + 1 in starts
        and not any(word.lower() in known or word.lower() in _NO_NAMES for word in match[0].split())
    ]
    people = [term.at for term in terms if term.slot == "subject"]
    counted = [m for m in _COUNTED_ZH.finditer(text) if not any(m.start() <= at <= m.end() + _TITLE for at in people)]
    found = [*english, *_NAME_ZH.finditer(text)]
    strangers = [Term("subject", "person", text[m.start() : m.end()], m.start(), m.end()) for m in counted]
    return strangers + [
        Term("subject", "person", text[match.start() : match.end()], match.start(), match.end())
        for match in found
        if not any(at < match.end() and end > match.start() for at, end in taken)
    ]


def spoken_of(text: str, terms: Sequence[Term]) -> list[Term]:
    """Return what a text tells of of which nothing is known, as a noun that is drawn as a card: "a flumox", 一台某某机;
    nobody where anything else is to be seen."""
    if any(term.slot in ("subject", "place") for term in terms):
        return []
    taken = [(term.at, term.end) for term in terms]
    for match in (*_TOLD_OF.finditer(text), *_TOLD_OF_ZH.finditer(text)):
        words = _ENDS_NOUN.sub("", match[1].strip()).split(" ")
        end = match.start(1) + len(" ".join(words))
        at = end - len(words[-1])
        if len(words[-1]) < 2 or words[-1] in _NO_NOUN or words[-1].endswith(_NO_NOUNS):
            continue
        if not any(a < end and b > at for a, b in taken):
            return [Term("subject", words[-1], words[-1], at, end)]
    return []
