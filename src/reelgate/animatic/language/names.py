"""People with names that are in no word list, or that are words too; and nouns of which nothing else is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from reelgate.animatic.language.lexicon import Term, lexicon
from reelgate.animatic.language.nearness import MENTIONS

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
    rf"(?:^|(?<=[,。!?;、:\s和与跟]))(?:[{_SOUNDS}]{{2,5}}(?:·[{_SOUNDS}]{{2,5}})?|[小老阿][{_CALLED}]|[{_FAMILY}][\u4e00-\u9fff]{{1,2}}?)"
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
    "the", "that", "this",
    "same", "other", "whole", "first", "second", "third", "last", "next", "very", "most", "more", "few", "lot", "kind",
    "sort", "way", "moment", "camera", "scene", "shot", "video", "view", "frame", "image", "picture", "background",
    "foreground", "style", "atmosphere", "mood", "light", "lighting", "colour", "color", "close", "wide", "film",
    "story", "beautiful", "new", "long", "short", "high", "low", "clip", "animation", "effect", "sense", "feeling",
})  # fmt: skip


_NO_NOUNS = ("ly", "ing", "ed", "ful", "ous", "ish")


_WOMENS_NAMES = """
    rose lily daisy iris violet ivy holly heather jasmine poppy ruby pearl amber jade olive ginger hazel willow cherry
    candy crystal scarlet summer autumn april may june dawn misty sandy sky kylie heidi coral clementine melody
"""
_MENS_NAMES = """
    robin jay drake ben bill bob frank art basil dale glen buck cliff chip lance kris marc winter frost wolf bear fox
    jack rusty colt rocky buddy
"""
_WOMEN, _MEN = frozenset(_WOMENS_NAMES.split()), frozenset(_MENS_NAMES.split())
"""Given names that are words too."""

_SURNAMES = frozenset({
    "black", "white", "brown", "green", "gray", "grey", "gold", "rose", "snow", "frost", "winter", "summers", "stone",
    "fox", "swan", "bush",
})  # fmt: skip
_TITLES = {
    **dict.fromkeys(("Mr", "Sir", "Lord", "Uncle", "Mister", "Monsieur", "Don", "Señor"), "man"),
    **dict.fromkeys(("Mrs", "Ms", "Miss", "Lady", "Madam", "Madame", "Aunt", "Auntie"), "woman"),
    **dict.fromkeys(("Dr", "Prof", "Professor", "Captain", "Inspector", "Agent"), "person"),
}  # fmt: skip
_TITLED = re.compile(rf"\b({'|'.join(_TITLES)})(?:\.? |\.)[A-Z][a-z]+")
_CAPITALS = re.compile(r"\b[A-Z][a-z]+\b")
_FULL_NAME = re.compile(r"\b([A-Z][a-z]+) ([A-Z][a-z]+)(?= )")
_WORD = re.compile(r"\b[A-Za-z][a-z]+\b")
_OF_ONE_KIND = re.compile(
    r"\b(?:a|an|the|this|that|his|her|its|their|my|our|your|one|some|each|every|no|of) (?:[a-z]+ )?$", re.IGNORECASE
)
_BEGINS = re.compile(r"(?:[.!?:;\n]\s*|[\"“])$")
_WITH_SOMEBODY = re.compile(r"\b(?:to|with|and|for|by|meets|meet|sees|kisses|hugs|helps|beside|named|called) $")
_AS_PEOPLE = re.compile(
    r" and [A-Z][a-z]+ | (?:wears|says|asks|loves|likes|tells|wants|goes) |, (?:a|an|the) (?:[a-z]+ ){0,2}(?:wo)?man\b"
    r"|, (?:a|an|the) (?:[a-z]+ ){0,2}(?:girl|boy)\b"
)
_TOLD_WHO = re.compile(r", (?:a|an|the) ")
_TO_A_LAND = re.compile(r"\b(?:in|to|from|across|through|visits?|visiting|around|over) $")
_IN_A_LIST, _GOES_ON_LISTING = re.compile(r"[A-Z][a-z]+, $"), re.compile(r", [A-Z][a-z]+")
_LOOKS_BACK = 40  # characters before a name in which it is looked for what tells that it is one
_LANDS = frozenset({"Turkey", "Buffalo", "Chile", "Jersey", "Phoenix"})
_NOT_BY_PEOPLE = frozenset({"fall", "fly", "spin", "melt", "break", "roll", "hang", "boil", "climb"})
"""Actions of flowers and stones: with these the word is not a name."""

_ONLY_STANDS = frozenset({"stand", "stands", "standing", "stood"})
_HEADLINE = 0.5
"""From this share of capitals among a prompt's words on, they do not mark names."""


def proper(prompt: str, text: str, terms: Sequence[Term]) -> list[Term]:
    """Return the terms with a person for each name that is read as something else: "Rose walks", "Mr. Brown", "Jack
    Black plays"; and without lands that are called as an animal is: "in Turkey"."""
    if len(prompt) != len(text):
        return list(terms)
    people = list(islice(chain(_titled(prompt, terms), _with_beasts(text, terms)), MENTIONS))
    if not _all_capitals(prompt):
        people += islice(chain(_given(prompt, terms), _surnamed(prompt, terms)), MENTIONS)
    gone = [(one.at, one.end) for one in people] + [match.span() for match in islice(_lands(prompt), MENTIONS)]
    kept = [term for term in terms if not any(term.at < end and term.end > at for at, end in gone)]
    return sorted([*kept, *people], key=lambda term: term.at)


def _all_capitals(prompt: str) -> bool:
    words = _WORD.findall(prompt)
    return len(words) > 3 and sum(word[0].isupper() for word in words) > _HEADLINE * len(words)


def _titled(prompt: str, terms: Sequence[Term]) -> Iterator[Term]:
    known = {term.at: term.end for term in terms if term.slot == "subject"}  # "Captain America" has a word of his own
    for match in _TITLED.finditer(prompt):
        if known.get(match.start(), 0) <= match.end(1):
            yield Term("subject", _TITLES[match[1]], match[0].lower(), match.start(), match.end())


def _given(prompt: str, terms: Sequence[Term]) -> Iterator[Term]:
    names = (match for match in _CAPITALS.finditer(prompt) if match[0].lower() in _WOMEN | _MEN)
    for match in islice(names, MENTIONS):
        name, before = match[0].lower(), _before(prompt, match)
        longer = any(t.at < match.end() and t.end > match.start() and t.end - t.at > len(name) + 1 for t in terms)
        if longer or _OF_ONE_KIND.search(before):
            continue
        kind = "woman" if name in _WOMEN else "man"
        opens = not match.start() or bool(_BEGINS.search(before))
        animal = any(t.at == match.start() and t.slot == "subject" and lexicon().kinds[t.value].alive for t in terms)
        verbs = [t for t in terms if t.slot == "action" and t.at == match.end() + 1]
        verbs = [verb for verb in verbs if not (opens and verb.phrase.endswith("ing"))]  # "Sky diving"
        done = bool(verbs) and verbs[0].value not in _NOT_BY_PEOPLE and verbs[0].phrase not in _ONLY_STANDS
        season = any(t.at == match.start() and t.slot in ("season", "time", "place", "spectacle") for t in terms)
        alone = not season and bool(_WITH_SOMEBODY.search(before)) and not prompt.startswith(" ", match.end())
        acts = alone or (not season and bool(_AS_PEOPLE.match(prompt, match.end())))
        if (done and not (opens and animal)) or (not animal and acts):
            told = _TOLD_WHO.match(prompt, match.end())  # "Rose, a young woman"
            yield Term("nothing" if told else "subject", kind, name, match.start(), match.end())


def _with_beasts(text: str, terms: Sequence[Term]) -> Iterator[Term]:
    """Yield people with a Chinese name of three characters whose second or third is a word: 张小虎."""
    within = {term.at for term in terms if len(term.phrase) == 1 and term.slot in _IN_NAMES}
    for match in _NAME_ZH.finditer(text):
        at, end = match.span()
        inside = [t for t in terms if at <= t.at < end] if len(match[0]) == 3 and match[0][0] in _FAMILY else []
        if inside and all(t.at > at and t.at in within for t in inside):
            yield Term("subject", "person", match[0], at, end)


_IN_NAMES = frozenset({"subject", "count", "colour", "season", "time", "weather", "place"})


def _surnamed(prompt: str, terms: Sequence[Term]) -> Iterator[Term]:
    known, verbs = lexicon().meanings, {term.at for term in terms if term.slot == "action"}
    for match in _FULL_NAME.finditer(prompt):
        first, last = match[1].lower(), match[2].lower()
        if last in _SURNAMES and first not in known and first not in _NO_NAMES and match.end() + 1 in verbs:
            yield Term("subject", "person", match[0].lower(), match.start(), match.end())


def _lands(prompt: str) -> Iterator[re.Match[str]]:
    for match in _CAPITALS.finditer(prompt):
        if match[0] not in _LANDS:
            continue
        before = _before(prompt, match)
        if _IN_A_LIST.search(before) or _GOES_ON_LISTING.match(prompt, match.end()) or _TO_A_LAND.search(before):
            yield match


def _before(prompt: str, match: re.Match[str]) -> str:
    return prompt[max(0, match.start() - _LOOKS_BACK) : match.start()]


_OF_THINGS = frozenset({"fall", "melt", "break", "roll", "boil"})
"""Actions with which an unknown word is not a name: "Hail falls", "Lava boils"."""

_FOLLOWS = frozenset({"follows", "follows the"})
_AND_A_NAME = re.compile(r"\b([A-Z][a-z]+) and (?=[A-Z])")


def _counts(one: re.Match[str], person: int, text: str) -> bool:
    """Tell whether 一位 counts a person who is named soon, also after a description: 一位戴着帽子的老人."""
    if one.start() <= person <= one.end() + _TITLE:
        return True
    return (
        one.end() < person <= one.end() + _SAID_OF
        and text[person - 1] == "的"
        and not _ENDS_ZH.search(text, one.end(), person)
    )


_SAID_OF = 40  # characters of what is said of somebody between 一位 and who it is
_ENDS_ZH = re.compile("[,。;!?]")


def named(prompt: str, text: str, terms: Sequence[Term]) -> list[Term]:
    """Return a person for each unknown proper name that does something: "Ada Byron dances", 小明在
    跑步."""
    if len(prompt) != len(text):
        return []
    known = lexicon().meanings
    verbs = [term for term in terms if term.slot == "action" and term.value not in _OF_THINGS]
    starts = {term.at for term in (*verbs, *(term for term in terms if term.phrase in _FOLLOWS))}
    taken = [(term.at, term.end) for term in terms if term.slot not in ("copula", "nothing")]
    english = [
        match
        for match in _NAME.finditer(prompt)
        if match.end() + 1 in starts
        and not any(word.lower() in known or word.lower() in _NO_NAMES for word in match[0].split())
    ]
    second = {match.start() for match in english}
    english += [
        match for match in _AND_A_NAME.finditer(prompt) if match.end() in second and match[1].lower() not in known
    ]
    people = [term.at for term in terms if term.slot == "subject"]
    counted = [m for m in _COUNTED_ZH.finditer(text) if not any(_counts(m, at, text) for at in people)]
    found = [*english, *_NAME_ZH.finditer(text)]
    strangers = [Term("subject", "person", text[m.start() : m.end()], m.start(), m.end()) for m in counted]
    return strangers + [
        Term("subject", "person", text[match.start() : match.end()], match.start(), match.end())
        for match in found
        if not any(at < match.end() and end > match.start() for at, end in taken)
    ]


def spoken_of(text: str, terms: Sequence[Term]) -> list[Term]:
    """Return a text's unknown subject as a noun that is drawn as a card: "a flumox", 一台某某机; none beside another
    subject or place."""
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
