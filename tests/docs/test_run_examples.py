"""The curl and Python examples of all pages, in both languages, run as they stand against a live gateway.

TypeScript's are run by Node in `tests/clients/test_typescript.py`, OpenAI's client by `tests/clients/test_sora.py`.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from reelgate.client import Reelgate
from reelgate.testing import Simulator
from reelgate.testing.samples import picture
from tests.docs.pages import PAGES, ROOT, blocks
from tests.e2e.server import Server, serving

ADDRESSES = ("http://127.0.0.1:8000", "https://video.example.com", "https://www.anyfast.com.cn")
"""Of the reader's own server, in the examples."""
REFUSED = {"api.md", "api.zh-CN.md"}
"""Pages whose examples show a refusal."""
ELSEWHERE = {"simulator.md", "CONTRIBUTING.md"}
"""Pages whose examples need no gateway: `tests/testing` and a reader run them."""
SIGNED_WITH = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = b'{"type": "webhook.test"}'

_SHORTENED = re.compile(r"[a-z0-9]+[_-]…")
_STATUS = re.compile(r"^STATUS (\d+)$", re.MULTILINE)
_LINE = re.compile(r"curl\b|[A-Z]+=")
_SCRIPT = """
curl() { command curl -sS -w '%{stderr}STATUS %{http_code}\\n' "$@"; }
jq() { cat > answer.json; }
"""

SHELL = [page for page in PAGES if page.name not in ELSEWHERE and any("curl " in text for text in blocks(page, "sh"))]


def code(text: str) -> str:
    """Return what an example does, whatever its texts say: a translated one is not run twice."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


PYTHON = {
    code(text): (page, text)
    for page in reversed(PAGES)
    for text in reversed(blocks(page, "python"))
    if page.name not in ELSEWHERE and "OpenAI(" not in text
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a reader's folder."""
    found = tmp_path_factory.mktemp("reader")
    (found / "data").mkdir()
    picture(found / "portrait.png", 720, 1280)
    return found


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server that makes nothing, for what only asks and orders."""
    with serving(tmp_path_factory.mktemp("still") / "data", "--workers", "0") as started:
        yield started


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server with an account at a vendor, whose jobs take no time."""
    data = tmp_path_factory.mktemp("gateway") / "data"
    with Simulator(job_seconds=0.2) as vendor:
        account = {"DASHSCOPE_API_KEY": "sk-vendor", "DASHSCOPE_BASE_URL": vendor.base_url("dashscope")}
        with serving(data, "--workers", "0", **account) as started:
            yield started


def shell(page: Path) -> str:
    """Return what a page's examples ask the gateway, as a script."""
    joined = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    found: list[str] = []
    for line in re.split(r"\n(?=[^\s}])", joined):
        text = _SHORTENED.sub("$TASK", line)
        if _LINE.match(text) and "…" not in text:
            found.append(text)
    return "\n".join(found)


@pytest.mark.parametrize("page", SHELL, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_pages_ask_with_curl_is_answered(page: Path, still: Server, folder: Path) -> None:
    (folder / "data" / "key").write_text(still.key)
    task = still.post("/v1/tasks", {"model": "animatic", "prompt": "a lighthouse", "duration": 1}).json["id"]
    still.post(f"/v1/tasks/{task}/cancel")  # so that following it ends
    hook = still.post("/v1/webhooks", {"url": "https://shop.example/hook"}).json["id"]
    delivery = still.post(f"/v1/webhooks/{hook}/test").json["id"]
    still.until(f"/v1/webhooks/deliveries/{delivery}", lambda sent: sent["tries"])  # one under way is not sent again
    script = shell(page).replace("wait=50", "wait=0.1").replace("$ID", hook)
    for address in ADDRESSES:
        script = script.replace(address, still.url)
    settings = {"URL": still.url, "KEY": still.key, "ADMIN_KEY": still.key, "TASK": task, "DELIVERY": delivery}
    ran = subprocess.run(
        ["bash", "-c", _SCRIPT + script],
        env={"PATH": os.environ["PATH"], **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=480,
        check=False,
    )
    statuses = [int(status) for status in _STATUS.findall(ran.stderr)]
    assert len(statuses) == len(re.findall(r"^curl\b", script, re.MULTILINE)) > 0, ran.stderr
    assert {status for status in statuses if status >= 300} == ({400} if page.name in REFUSED else set()), ran.stdout


@pytest.mark.parametrize(
    "text",
    [text for _, text in PYTHON.values()],
    ids=[f"{page.stem}-{at}" for at, (page, _) in enumerate(PYTHON.values())],
)
def test_what_pages_do_in_python_works(
    text: str, gateway: Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for address in ADDRESSES:
        text = text.replace(address, gateway.url)
    text = text.replace("sk-…", gateway.key).replace("whsec_…", SIGNED_WITH).replace("duration=5", "duration=3")
    signed = Webhook(SIGNED_WITH)
    at = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signed.sign("msg_1", at, MESSAGE.decode()),
    }
    with Reelgate(gateway.url, key=gateway.key) as client:
        names: dict[str, Any] = {"client": client, "Reelgate": Reelgate, "Path": Path, "body": MESSAGE}
        exec(compile(text, "example", "exec"), {**names, "headers": headers})  # noqa: S102 (our own pages)
