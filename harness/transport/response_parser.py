"""Parses one HTTP/1.1 response from pieces of bytes: bounded, and nothing in it is trusted."""

from __future__ import annotations

import httptools

from .inflated import TOO_MANY_MEMBERS, Inflated

_MAX_HEAD_BYTES = 256 * 1024
"""Of header lines; a target that sends more does not speak HTTP."""
_PROTOCOL = b"HTTP/"
"""What a response begins with; the parser would take RTSP and ICE as well."""
SWITCHED = 101
REQUEST_TIMEOUT = 408
NOT_SWITCHED = "an answer that switches to another protocol"
_MAX_WIRE_BYTES_PER_BYTE = 16
"""How many bytes a byte of body may take on the wire: in chunks of one byte each it takes six."""


class NotHTTPError(Exception):
    """What came is not an HTTP response, or not a whole one. Its text says why in a few words."""


class ResponseParser:
    """One response, while it comes in. Takes pieces until `complete`.

    Args:
        method: of the request; a response to HEAD has no body.
        max_bytes: of a body that are kept, after decompression.
    """

    def __init__(self, method: str, max_bytes: int) -> None:
        self._head_only = method == "HEAD"
        self._max_bytes = max_bytes
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._fed = 0
        self._first = b""
        self._bodied = 0
        """Bytes of body before decompression."""
        self._inflated: Inflated | None = None
        self._sized = False
        self._begun = False
        self.headers: dict[bytes, bytes] = {}
        """By lower-case name; of lines with the same name the last."""
        self.status = 0
        self.complete = False
        self.reusable = False
        """Whether another request may follow on the connection."""
        self.is_followed = False
        """Whether another answer came behind it, that nobody asked for. As `begins_answer`."""
        self._has_extra_head = False
        """Whether all header lines of such an answer have come."""

    @property
    def body(self) -> bytes:
        """At most ``max_bytes`` bytes."""
        with memoryview(self._body) as received:
            return bytes(received[: self._max_bytes])

    @property
    def truncated(self) -> bool:
        """Whether the body went on past the bound."""
        return len(self._body) > self._max_bytes

    def header(self, name: bytes) -> str:
        """The value of a header line, by its lower-case name; empty where there is none."""
        return self.headers.get(name, b"").decode("latin-1")

    def feed(self, piece: bytes) -> None:
        """Takes the next bytes; none: the target has closed the connection.

        Raises:
            NotHTTPError: they are not the next bytes of an HTTP response, or of one whose body
                nobody can read to its end.
        """
        if not piece or self._parser is None:
            self._end()
            return
        if self._fed < len(_PROTOCOL):
            self._check_protocol(piece)
        self._fed += len(piece)
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self._finish(reusable=False)
        except httptools.HttpParserError as error:
            self.reusable = False
            self.is_followed = self._has_extra_head  # other bytes are no answer
            if not self.complete:
                raise NotHTTPError("an answer that is no HTTP") from error
        self._check_readable()
        if self.truncated and not self.complete:
            self._finish(reusable=False)  # the rest would have to be read before the next request
        if self.complete:
            if not self._has_extra_head and self._parser.get_status_code() == REQUEST_TIMEOUT:
                self.is_followed = False  # the beginning of a 408
            self._parser = None  # they hold each other: nothing is left to the garbage collector

    def _check_protocol(self, piece: bytes) -> None:
        self._first += piece[: len(_PROTOCOL) - self._fed]
        if not _PROTOCOL.startswith(self._first):
            raise NotHTTPError("an answer that is no HTTP")

    def _check_readable(self) -> None:
        if self.status == SWITCHED:
            raise NotHTTPError(NOT_SWITCHED)
        if self._inflated is not None and self._inflated.is_cut:
            raise NotHTTPError(TOO_MANY_MEMBERS)
        if self._fed > _MAX_HEAD_BYTES + _MAX_WIRE_BYTES_PER_BYTE * self._bodied:
            raise NotHTTPError(
                f"an answer with more than {_MAX_HEAD_BYTES} bytes of header lines, "
                "trailers included"
            )

    # --- called by the parser --------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self.complete:
            self.reusable = False  # more than was asked for
            self.is_followed = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._begun:  # header lines after the body are trailers, which nobody reads
            self.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if self.complete and self._parser is not None:
            # A 408 ends an idle connection (RFC 9110, 15.5.9); it is no answer to anything.
            is_idle_end = self._parser.get_status_code() == REQUEST_TIMEOUT
            self._has_extra_head |= not is_idle_end
            self.is_followed = self._has_extra_head
        if self.complete or self._parser is None:
            return
        status = self._parser.get_status_code()
        if status < 200 and status != SWITCHED:
            self.headers.clear()
            return
        self.status = status
        self._begun = True
        self._sized = not self.headers.keys().isdisjoint((b"content-length", b"transfer-encoding"))
        if self._head_only:
            self._finish(reusable=self._parser.should_keep_alive())
        else:
            self._inflated = Inflated.of(self.header(b"content-encoding"))

    def on_body(self, piece: bytes) -> None:
        if self.complete:
            self.reusable = False  # more than was asked for
        self._bodied += len(piece)
        if self.complete or self.truncated:
            return
        if self._inflated is not None:
            piece = self._inflated.read(piece, self._max_bytes + 1 - len(self._body))
        self._body += piece

    def on_message_complete(self) -> None:
        if self._begun and not self.complete and self._parser is not None:
            self._finish(reusable=self._parser.should_keep_alive())

    # --- the end ---------------------------------------------------------------------------

    def _finish(self, *, reusable: bool) -> None:
        self.complete = True
        self.reusable = reusable

    def _end(self) -> None:
        self._parser = None
        if self._begun and not self._sized:
            self._finish(reusable=False)
        elif self._begun:
            raise NotHTTPError("connection closed in the middle of an answer")
        elif self._fed:
            raise NotHTTPError("connection closed in the middle of header lines")
        else:
            raise NotHTTPError("connection closed without an answer")
