"""Opens the page: finds out who has the port, indexes at the first start, runs the server in this process, opens the browser.

The server is Streamlit's own command, run as a module, so that this one never imports streamlit and works alike on every
platform. It listens on localhost only.
"""

from __future__ import annotations

import http.client
import runpy
import socket
import sys
import threading
import time
import webbrowser
from contextlib import closing
from pathlib import Path

from assistant.settings import Settings
from knowledge.errors import StudyError
from knowledge.passages import Language
from ui.words import say

HOST = "127.0.0.1"
MARK = "x-kubenote"
"""The header by which Kubenote's own server is known (`ui.asgi`)."""
READY_SECONDS = 60.0


def is_free(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        if sys.platform != "win32":  # there SO_REUSEADDR would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def is_kubenote(port: int) -> bool:
    """Does the program on this port answer as Kubenote?"""
    connection = http.client.HTTPConnection(HOST, port, timeout=3)
    try:
        connection.request("HEAD", "/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().getheader(MARK) is not None
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def next_free(port: int) -> int:
    """The next port upwards that is free (the first one again if none of a hundred is)."""
    return next((other for other in range(port + 1, min(port + 100, 65536)) if is_free(other)), port)


def _open_when_ready(port: int, url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if is_kubenote(port):
            webbrowser.open(url)
            return
        time.sleep(0.2)  # the server has no event to await from outside; this runs beside it, once a start


def _index_at_first(settings: Settings, language: Language) -> None:
    """The first start takes long: it is shown here, before the browser opens on a page that could not answer."""
    if settings.index_folder.exists():
        return
    from knowledge.reference import Library
    from ui.terminal import index_progress

    library = Library(settings.index_folder, embedding=settings.embedding)
    try:
        index_progress(library.sync(), language, quiet=False)
    finally:
        library.close()


def serve(settings: Settings, *, open_browser: bool) -> int:
    """Run the page until it is ended; 0 also where Kubenote is already open. StudyError `port-taken` by another program."""
    language: Language = "en" if settings.language == "en" else "ko"
    url = f"http://localhost:{settings.port}"
    if not is_free(settings.port):
        if not is_kubenote(settings.port):
            raise StudyError("port-taken", port=settings.port, free=next_free(settings.port))
        print(say("terminal.already", language, url=url))
        if open_browser:
            webbrowser.open(url)
        return 0
    _index_at_first(settings, language)
    print(say("terminal.serving", language, url=url), flush=True)
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(settings.port, url), daemon=True).start()
    page = Path(__file__).with_name("asgi.py")
    sys.argv = ["streamlit", "run", str(page), "--server.port", str(settings.port), "--logger.hideWelcomeMessage", "true"]
    try:
        runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0
