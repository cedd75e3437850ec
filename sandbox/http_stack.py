"""Decides what the HTTP server of the sandbox does besides status and body."""

from __future__ import annotations

from .calls import Reply

_KEEP_ALIVE_SEC = 75.0


class HttpStack:
    """What goes over a connection, one overridable method each.

    Only a real server shows these decisions; a caller of `Service.handle` sees none of them.
    """

    def reply_headers(self, reply: Reply) -> list[tuple[str, str]]:
        """The header lines of ``reply``; without a Content-Length its body is sent in chunks."""
        allow = [("allow", reply.allow)] if reply.allow else []
        return [
            ("content-type", reply.content_type),
            ("content-length", str(len(reply.body))),
            *allow,
            *reply.headers,
        ]

    def body_pieces(self, body: bytes) -> list[bytes]:
        """The parts that ``body`` is written in, at least one."""
        return [body]

    def written_head(self, head: bytes) -> bytes:
        """The octets that are written for ``head``: status line, header lines and the blank line.

        Another end of it is allowed.
        """
        return head

    def interim_responses(self) -> bytes:
        """Whole responses with a status of 1xx that come before each final one; none by default."""
        return b""

    def keep_alive_sec(self) -> float:
        """How long a connection may be idle before it is closed."""
        return _KEEP_ALIVE_SEC

    def idle_answer(self) -> bytes:
        """What is written to an idle connection before it is closed."""
        return b""
