"""A browser without JavaScript: cookies and forms, over plain HTTP."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.parse
import urllib.request

from tests.e2e.server import KEY, Reply, Server


class _Quiet(urllib.request.HTTPRedirectHandler):
    """Follows nothing, so that each answer is seen."""

    def redirect_request(self, *_: object) -> None:
        return None


class Visitor:
    """Whoever opens the console."""

    def __init__(self, server: Server, **headers: str) -> None:
        self.server = server
        self.headers = headers
        self.cookies: dict[str, str] = {}
        self.opener = urllib.request.build_opener(_Quiet)

    def open(self, path: str, form: dict[str, str] | list[tuple[str, str]] | None = None, **headers: str) -> Reply:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.server.url + path, data, {**self.headers, **headers})  # noqa: S310
        request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            answer = self.opener.open(request, timeout=480)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            for line in answer.headers.get_all("set-cookie") or ():
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Reply(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())

    def sign_in(self, key: str = KEY) -> Reply:
        return self.open("/console/sign-in", {"key": key})

    def token(self, path: str = "/console/models") -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.open(path).body.decode())
        assert found
        return found[1]

    def send(self, path: str, **fields: str) -> Reply:
        """Send a form of this session."""
        return self.open(path, {**fields, "token": self.token()})


def text(reply: Reply) -> str:
    """Return what a page says."""
    return html.unescape(re.sub(r"<[^>]+>", " ", reply.body.decode()))


def nav(reply: Reply) -> list[str]:
    """Return where a page's rail leads."""
    return re.findall(r'<a href="([^"]+)"', reply.body.decode().partition("<nav")[2].partition("</nav>")[0])
