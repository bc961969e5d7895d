"""What MkDocs does to a page before it is built."""

from __future__ import annotations

import re
from typing import Any

_OTHER_LANGUAGE = re.compile(r"\[(?:English|中文|简体中文)\]\([\w.-]+\.md\)")
_WIDE = "[\u3000-\u9fff\uff00-\uffef]"
_WRAPPED = re.compile(rf"({_WIDE})\n(?={_WIDE})|([，。；：！？、）])\n(?=[A-Za-z`*\[](?!``))")
"""A line's end inside a Chinese sentence, where HTML would show a space."""


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page without its link to the other language, for which the site has a switch, and with Chinese
    paragraphs in one line."""
    return _WRAPPED.sub(r"\1\2", _OTHER_LANGUAGE.sub("", markdown, count=1))
