"""A request as code that runs as it stands: the server's address and the key come from the environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from reelgate.client.speakers import speaker
from reelgate.console.wordings import OPENAI, TITLES, Wording, sayable
from reelgate.dialects.port import HOUSE

_SDK = ("model", "prompt", "seconds", "size", "input_reference")
"""What OpenAI's own clients know; all else goes beside it."""

_SHORT = 100


def forms_of(wording: Wording) -> dict[str, str]:
    """Return the code by the name of its form, in the order in which they are offered."""
    return {name: write(wording) for name, write in _FORMS.items() if _offered(name, wording.dialect)}


def shown(said: Wording, form: str) -> dict[str, Any]:
    """Return what a page needs to show a request in the chosen form, or in the first that there is."""
    forms = {} if said.why_not else forms_of(said)
    titles = {name: TITLES[name] for name in sayable()}
    return {"said": said, "forms": forms, "form": form if form in forms else next(iter(forms), ""), "titles": titles}


def _offered(name: str, dialect: str) -> bool:
    return not name.startswith("OpenAI") or dialect == OPENAI


def _curl(said: Wording) -> str:
    body = _json(said.body).replace("'", "'\\''")
    lines = [f'curl "$REELGATE_URL{said.path}"', f'-H "Authorization: {said.scheme} $REELGATE_KEY"']
    lines += ['-H "Content-Type: application/json"', *(f'-H "{name}: {text}"' for name, text in said.headers.items())]
    return " \\\n  ".join([*lines, f"-d '{body}'"])


def _python(said: Wording) -> str:
    if said.dialect != HOUSE and _speaker(said.dialect) is None:
        return _plain_python(said)
    opened = "" if said.dialect == HOUSE else f'dialect="{said.dialect}"'
    given = "\n".join(f"        {name}={_literal(value, 8)}," for name, value in said.fields.items())
    return (
        "from reelgate.client import Reelgate\n\n"
        f"with Reelgate({opened}) as client:  # REELGATE_URL and REELGATE_KEY\n"
        f"    task = client.create(\n{given}\n    )\n"
        "    print(task.id)"
    )


def _speaker(dialect: str) -> object:
    try:
        return speaker(dialect)
    except ValueError:
        return None


def _plain_python(said: Wording) -> str:
    headers = {"Content-Type": "application/json", **said.headers}
    listed = "".join(f'\n    "{name}": "{text}",' for name, text in headers.items())
    return (
        "import json\nimport os\nimport urllib.request\n\n"
        f"headers = {{\n"
        f'    "Authorization": "{said.scheme} " + os.environ["REELGATE_KEY"],{listed}\n}}\n'
        f"body = {_literal(said.body, 0)}\n"
        f'url = os.environ["REELGATE_URL"] + "{said.path}"\n'
        "request = urllib.request.Request(url, json.dumps(body).encode(), headers)\n"
        "with urllib.request.urlopen(request) as answer:\n"
        "    print(json.load(answer))"
    )


def _javascript(said: Wording) -> str:
    headers = {"Content-Type": "application/json", **said.headers}
    listed = "".join(f'\n    "{name}": "{text}",' for name, text in headers.items())
    return (
        f"const answer = await fetch(process.env.REELGATE_URL + {_line(said.path)}, {{\n"
        '  method: "POST",\n'
        "  headers: {\n"
        f"    Authorization: `{said.scheme} ${{process.env.REELGATE_KEY}}`,{listed}\n"
        "  },\n"
        f"  body: JSON.stringify({_indented(_json(said.body), 2)}),\n"
        "});\n"
        "console.log(await answer.json());"
    )


def _openai_python(said: Wording) -> str:
    known, extra = _split(said.body)
    given = "".join(f"    {name}={_literal(value, 4)},\n" for name, value in known.items())
    given += f"    extra_body={_literal(extra, 4)},\n" if extra else ""
    return (
        "import os\n\nfrom openai import OpenAI\n\n"
        'client = OpenAI(base_url=os.environ["REELGATE_URL"] + "/v1", api_key=os.environ["REELGATE_KEY"])\n'
        f"video = client.videos.create(\n{given})\n"
        "print(video.id)"
    )


def _openai_javascript(said: Wording) -> str:
    return (
        'import OpenAI from "openai";\n\n'
        "const client = new OpenAI({\n"
        "  baseURL: `${process.env.REELGATE_URL}/v1`,\n"
        "  apiKey: process.env.REELGATE_KEY,\n"
        "});\n"
        f"const video = await client.post({_line(said.path.removeprefix('/v1'))}, "
        f"{{ body: {_indented(_json(said.body), 0)} }});\n"
        "console.log(video.id);"
    )


_FORMS: dict[str, Callable[[Wording], str]] = {
    "curl": _curl,
    "Python": _python,
    "JavaScript": _javascript,
    "OpenAI, Python": _openai_python,
    "OpenAI, JavaScript": _openai_javascript,
}


def _split(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    known = {name: value for name, value in body.items() if name in _SDK and isinstance(value, str)}
    return known, {name: value for name, value in body.items() if name not in known}


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _line(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _indented(text: str, by: int) -> str:
    return text.replace("\n", "\n" + " " * by)


def _literal(value: Any, by: int) -> str:
    """Write a value as Python does, texts in double quotes; long lists and objects a line for each of their parts."""
    if isinstance(value, str):
        return _line(value).replace("\x7f", "\\x7f")
    if not isinstance(value, (dict, list)):
        return repr(value)
    inner = " " * (by + 4)
    if isinstance(value, dict):
        parts = [f"{_line(name)}: {_literal(one, by + 4)}" for name, one in value.items()]
        opening, closing = "{", "}"
    else:
        parts = [_literal(one, by + 4) for one in value]
        opening, closing = "[", "]"
    alone = f"{opening}{', '.join(parts)}{closing}"
    if len(alone) + by < _SHORT and "\n" not in alone:
        return alone
    return opening + "".join(f"\n{inner}{part}," for part in parts) + "\n" + " " * by + closing
