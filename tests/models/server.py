"""Small model servers that speak real HTTP on the loopback and stream real bytes: OpenAI's protocol and Ollama's.

Each request takes the next script; the last one stays. Nothing is patched: the vendors' own clients talk to them.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.models.scripts import Log, Received, Script


class ModelServer:
    """A running server: its address, what it was asked, and the gate that holds stalled answers."""

    def __init__(self, handler: type[_Handler], scripts: Sequence[Script]) -> None:
        self.scripts = list(scripts)
        self.log = Log()
        self.released = threading.Event()
        self.gone = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = False
        self.connections: set[socket.socket] = set()
        self._http.model = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def asked(self) -> list[Received]:
        return self.log.received

    def next_script(self) -> Script:
        return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.released.set()
        self._http.shutdown()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.model.connections.add(self.connection)

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def finish(self) -> None:
        self.model.connections.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    @property
    def model(self) -> ModelServer:
        return self.server.model  # type: ignore[attr-defined,no-any-return]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.model.log.received.append(Received(self.path, dict(self.headers), body))
        script = self.model.next_script()
        if script.refuses_tools and body.get("tools"):
            self._refuse(400, "this model does not support tools")
        elif script.status != 200:
            self._refuse(script.status, script.error)
        else:
            try:
                self._stream(script, body)
            except (BrokenPipeError, ConnectionResetError):
                self.model.gone.set()

    def _refuse(self, status: int, words: str) -> None:
        told = json.dumps(self.refusal(words)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def _stream(self, script: Script, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", self.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if script.stalled:
            self.model.released.wait()
        for number, line in enumerate(self.lines(script, body)):
            if number == script.cut:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self._chunk(line)
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    content_type = "application/json"

    def refusal(self, words: str) -> dict[str, Any]:
        raise NotImplementedError

    def lines(self, script: Script, body: dict[str, Any]) -> Iterator[bytes]:
        raise NotImplementedError


class OpenAI(_Handler):
    """POST /v1/chat/completions as server-sent events."""

    content_type = "text/event-stream"

    def refusal(self, words: str) -> dict[str, Any]:
        return {"error": {"message": words, "type": "error", "code": None}}

    def lines(self, script: Script, body: dict[str, Any]) -> Iterator[bytes]:
        if script.tool:
            name, arguments = script.tool
            call = {
                "index": 0,
                "id": "call_1",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            yield self._event({"role": "assistant", "content": None, "tool_calls": [call]})
        for piece in script.pieces:
            yield self._event({"role": "assistant", "content": piece})
        if script.garbage:
            yield f"data: {script.garbage}\n\n".encode()
        yield self._event({}, finish="tool_calls" if script.tool and not script.pieces else "stop")
        used = {"prompt_tokens": script.usage[0], "completion_tokens": script.usage[1], "total_tokens": sum(script.usage)}
        yield self._line({"choices": [], "usage": used})
        yield b"data: [DONE]\n\n"

    def _event(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        return self._line({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def _line(self, fields: dict[str, Any]) -> bytes:
        whole = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "small", **fields}
        return f"data: {json.dumps(whole, ensure_ascii=False)}\n\n".encode()


class Ollama(_Handler):
    """POST /api/chat as lines of JSON."""

    content_type = "application/x-ndjson"

    def refusal(self, words: str) -> dict[str, Any]:
        return {"error": words}

    def lines(self, script: Script, body: dict[str, Any]) -> Iterator[bytes]:
        if script.tool:
            name, arguments = script.tool
            yield self._line(
                {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": name, "arguments": arguments}}]}
            )
        for piece in script.pieces:
            yield self._line({"role": "assistant", "content": piece})
        if script.garbage:
            yield f"{script.garbage}\n".encode()
        ending = {"done": True, "done_reason": "stop", "prompt_eval_count": script.usage[0], "eval_count": script.usage[1]}
        yield self._line({"role": "assistant", "content": ""}, **ending)

    def _line(self, message: dict[str, Any], **more: Any) -> bytes:
        whole = {"model": "small", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": False, **more}
        return f"{json.dumps(whole, ensure_ascii=False)}\n".encode()


@contextmanager
def serving(handler: type[_Handler], *scripts: Script) -> Iterator[ModelServer]:
    """A server with these scripts, stopped at the end."""
    server = ModelServer(handler, scripts)
    server.start()
    try:
        yield server
    finally:
        server.stop()
