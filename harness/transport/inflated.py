"""Undoes the compression of a body: gzip, of one member or more, and deflate."""

from __future__ import annotations

import zlib

_CODINGS = frozenset(("gzip", "x-gzip", "deflate"))
"""RFC 9110, 8.4.1: ``x-gzip`` is another name of ``gzip``."""
_GZIP = b"\x1f\x8b"
_MOST_MEMBERS = 16
"""Of a body: each costs time, however short it is. A body of more is not read."""
_EITHER = zlib.MAX_WBITS | 32
"""zlib finds out by the first bytes which of the two it is."""


TOO_MANY_MEMBERS = f"an answer with more than {_MOST_MEMBERS} members of gzip"


class Inflated:
    """A compressed body that comes in pieces."""

    def __init__(self) -> None:
        self._reader = zlib.decompressobj(wbits=_EITHER)
        self._members = 1
        self._held = b""
        self._is_plain = False
        self.is_cut = False
        """Whether the body has more members than are read: `TOO_MANY_MEMBERS`."""

    @classmethod
    def of(cls, coding: str) -> Inflated | None:
        """For a body with this Content-Encoding; None: it is none of these codings."""
        return cls() if coding.strip().lower() in _CODINGS else None

    def read(self, piece: bytes, most: int) -> bytes:
        """What the next piece holds, at most ``most`` bytes of it.

        A body that is not what its header says is read as it came. Bytes after the end of the
        compressed body belong to no response, unless another member of gzip begins there (RFC
        1952, 2.2).
        """
        read = b""
        while piece and not self._is_plain and most > len(read):
            if self._reader.eof:
                piece, self._held = self._held + piece, b""
                if piece == _GZIP[:1]:
                    self._held = piece
                    return read
                if not piece.startswith(_GZIP):
                    return read
                if self._members == _MOST_MEMBERS:
                    self.is_cut = True
                    return read
                self._members += 1
                self._reader = zlib.decompressobj(wbits=_EITHER)
            try:
                read += self._reader.decompress(piece, most - len(read))
            except zlib.error:
                self._is_plain = True
            else:
                piece = self._reader.unused_data
        return read + piece if self._is_plain else read
