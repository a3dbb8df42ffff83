"""What can go wrong between us and a chat model, as codes. Pure.

A vendor's message may hold a key, an address or a whole request: it is looked at here and never passed on. The words for
each code stand in the texts of the screens.
"""

from __future__ import annotations

from knowledge.errors import StudyError

_BY_STATUS = {
    401: "model-key-wrong",
    403: "model-key-wrong",
    404: "model-not-found",
    408: "model-timeout",
    429: "model-rate-limited",
}
_BROKEN = ("RemoteProtocolError", "IncompleteRead", "ReadError", "JSONDecodeError", "ChunkedEncodingError", "ProtocolError")
_UNREACHABLE = (
    "ConnectError",
    "APIConnectionError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "gaierror",
)
_LATE = ("Timeout", "TimeoutError", "ReadTimeout", "ConnectTimeout", "APITimeoutError", "WriteTimeout", "PoolTimeout")


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error of a vendor's client carries, if any."""
    for one in _chain(error):
        for name in ("status_code", "code", "http_status"):
            status = getattr(one, name, None)
            if isinstance(status, int) and 400 <= status < 600:
                return status
    return None


def failure(error: BaseException, model: str) -> StudyError:
    """The error as ours: a code and the model's name, nothing else of what the vendor said."""
    if isinstance(error, StudyError):
        return error
    status = status_of(error)
    if status is not None:
        code = _BY_STATUS.get(status) or ("model-server" if status >= 500 else "model-refused")
        return StudyError(code, model=model, status=status)
    names = [kind.__name__ for one in _chain(error) for kind in type(one).__mro__]
    for known, code in ((_LATE, "model-timeout"), (_BROKEN, "model-broken"), (_UNREACHABLE, "model-unreachable")):
        if any(name in known for name in names):
            return StudyError(code, model=model)
    return StudyError("model-failed", model=model, reason=type(error).__name__)


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain
