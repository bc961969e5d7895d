"""The way in and out: `/`, signing in and out, a visitor's language and theme, the console's own files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reelgate import limits
from reelgate.console import rendering, words
from reelgate.console.guard import (
    HOME,
    SIGN_IN,
    SIGN_OUT,
    UNSENT,
    Guard,
    Page,
    Visit,
    check_origin,
    first_page,
    form_of,
    open_at,
)  # fmt: skip
from reelgate.console.sessions import COOKIE
from reelgate.errors import ReelgateError


class Entrance:
    """What needs no session, and what ends one."""

    def __init__(self, guard: Guard, *, secure: bool) -> None:
        """`secure`: the server is reached by https only."""
        self._guard = guard
        self._secure = secure

    def routes(self) -> list[Page]:
        """Return the routes."""
        return [
            open_at("GET", "/", self._home),
            open_at("GET", "/console/static/{name}", self._static),
            open_at("POST", "/console/preferences", self._preferences),
            open_at("GET", SIGN_IN, self._ask),
            open_at("POST", SIGN_IN, self._sign_in),
            self._guard.at("POST", SIGN_OUT, self._sign_out),
        ]

    async def _home(self, request: Request) -> Response:
        return RedirectResponse(HOME, 303)

    async def _static(self, request: Request) -> Response:
        return rendering.served(request, request.path_params["name"])

    async def _preferences(self, request: Request) -> Response:
        """Keep a visitor's language, theme or view of the tasks, and lead back."""
        form = await form_of(request)
        back = str(form.get("back", HOME))
        answer = RedirectResponse(back if back.startswith(HOME) else HOME, 303)
        chosen = (
            (rendering.LANGUAGE, form.get("language"), words.LANGUAGES),
            (rendering.THEME, form.get("theme"), rendering.THEMES),
            (rendering.VIEW, form.get("view"), rendering.VIEWS),
        )
        for cookie, value, allowed in chosen:
            if isinstance(value, str) and value in allowed:
                answer.set_cookie(cookie, value, max_age=365 * 86400, path=HOME, httponly=True, samesite="strict")
        return answer

    async def _ask(self, request: Request) -> Response:
        found = self._guard.session(request)
        if found is not None:
            return RedirectResponse(first_page(found[1]), 303)
        return rendering.page(request, "sign-in.html", problem="", unsent=UNSENT in request.query_params)

    async def _sign_in(self, request: Request) -> Response:
        sessions = self._guard.sessions
        try:
            check_origin(request)
            form = await form_of(request, fields=4)
            address = request.client.host if request.client else ""
            cookie = sessions.open(str(form.get("key", "")), address)
        except ReelgateError as error:
            answer = rendering.page(request, "sign-in.html", error.status, problem=error.message, unsent=False)
            if error.retry_after:
                answer.headers["retry-after"] = str(error.retry_after)
            return answer
        found = sessions.read(cookie)
        done = RedirectResponse(first_page(found[1]) if found else SIGN_IN, 303)
        secure = self._secure or request.url.scheme == "https"
        seconds = int(limits.SESSION_SECONDS)
        done.set_cookie(COOKIE, cookie, max_age=seconds, path=HOME, httponly=True, secure=secure, samesite="strict")
        return done

    async def _sign_out(self, visit: Visit) -> Response:
        self._guard.sessions.end(visit.session)
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE, path=HOME)
        return answer
