"""The server: the page behind headers that keep it from fetching anything but itself.

Started by `streamlit run ui/asgi.py`. Streamlit sends no content security policy; without one a picture in a text would be
fetched from its server as soon as it is shown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data: blob:",
        "connect-src 'self' ws://localhost:* ws://127.0.0.1:*",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-kubenote", b"1"),
)
"""The last one tells `kubenote` that the program on this port is Kubenote."""


def allowed(host: str) -> bool:
    """Is this the name of a computer that the page may be asked under? Else any site could point its name here."""
    names = st.get_option("server.allowedHosts") or []
    return not names or host.rpartition(":")[0] in names or host in names


class Guarded:
    """ASGI middleware that adds `HEADERS` to every HTTP response and refuses requests to another host's name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not allowed(Headers(scope=scope).get("host", "")):
            await PlainTextResponse("not this host", status_code=421)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


@asynccontextmanager
async def _prepared(_app: Any) -> AsyncIterator[None]:
    """Begin to load and index when the server starts; end runs and watchers when it ends."""
    from ui import services

    house = services.house()
    yield
    house.close()


app = st.App(Path(__file__).with_name("app.py").absolute(), middleware=[Middleware(Guarded)], lifespan=_prepared)
