"""Whether it is certain which answer is to which request, on connections that are kept.

A target that sends more than it was asked for makes every later answer of the connection doubtful:
what comes next may be to the request before (RFC 9112, 9.2).
"""

from __future__ import annotations

import threading

_PROTOCOL = b"HTTP/"
_LINE_ENDS = b"\r\n"
_IDLE_END = b" 408"
_STATUS = slice(len("HTTP/1.1"), len("HTTP/1.1 408"))
NOT_ALONE = "more than one answer: which one is to this request is not certain"


class AnswerOrder:
    """What was seen of one target. Threads may share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_certain = True
        self._mixed_up = 0

    @property
    def is_certain(self) -> bool:
        """Whether connections may be kept: the target has sent no answer that nobody asked for."""
        return self._is_certain

    @property
    def mixed_up(self) -> int:
        """How often an answer that was taken may have been to another request."""
        return self._mixed_up

    def note_extra(self, answers: int) -> None:
        """Takes in that more came on a connection than was asked for.

        Args:
            answers: how many came on it that were asked for. The first one is certain.
        """
        with self._lock:
            self._is_certain = False
            self._mixed_up += answers > 1


def begins_answer(data: bytes) -> bool:
    """Whether bytes that nobody asked for are the beginning of an answer.

    Line ends behind a body are harmless (RFC 9112, 9.2), and so is a 408, which ends an idle
    connection (RFC 9110, 15.5.9).
    """
    text = data.lstrip(_LINE_ENDS)
    is_http = bool(text) and _PROTOCOL.startswith(text[: len(_PROTOCOL)])
    return is_http and text[_STATUS] != _IDLE_END
