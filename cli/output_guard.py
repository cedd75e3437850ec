"""Keeps trouble with standard output away from what a command does and ends with."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO, cast

_CLOSED = frozenset((errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN))
"""Nobody reads any more, as after ``| head -1``."""


class OutputGuard:
    """Standard output whose errors are no errors of the command that writes.

    Where nobody reads any more, the rest is dropped. Where it cannot be written for another reason,
    such as a full disk, the rest goes to standard error.

    Args:
        stream: what it stands for.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: list[str] = []
        """Written, and not yet flushed."""
        self._error: OSError | None = None
        self._closed = False
        self._on_close: list[Callable[[], object]] = []

    @property
    def encoding(self) -> str:
        return self._stream.encoding

    @property
    def errors(self) -> str | None:
        return self._stream.errors

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    def when_closed(self, act: Callable[[], object]) -> None:
        """Has ``act`` called once nobody reads any more; at once where that is so already."""
        self._on_close.append(act)
        if self._closed:
            act()

    def write(self, text: str) -> int:
        """Writes ``text``, or what is possible of it."""
        if not isinstance(text, str):
            raise TypeError(f"expected a text, found {type(text).__name__}")
        if self._error is None:
            self._waiting.append(text)
            self._try(lambda: self._stream.write(text))
        elif not self._closed:
            _to_standard_error(text)
        return len(text)

    def flush(self) -> None:
        """Hands on what was written."""
        if self._error is not None:
            return
        self._try(self._stream.flush)
        self._waiting.clear()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            self._give_up(error)
        except ValueError:  # the stream is closed
            self._give_up(OSError(errno.EBADF, "closed"))

    def _give_up(self, error: OSError) -> None:
        self._error = error
        self._closed = error.errno in _CLOSED
        discard_rest(self._stream)
        reason = (error.strerror or str(error)).lower()
        if self._closed:
            _to_standard_error(f"cartfuzz: standard output: {reason}; the rest is not printed\n")
            for act in self._on_close:
                act()
        else:
            _to_standard_error(f"cartfuzz: standard output: {reason}; the rest is printed here\n")
            _to_standard_error("".join(self._waiting))


@contextmanager
def guarded_output() -> Iterator[OutputGuard]:
    """Guards standard output for the time of a block; a guard that is there already is used."""
    before = sys.stdout
    if isinstance(before, OutputGuard):
        yield before
        return
    guard = OutputGuard(before)
    sys.stdout = cast("TextIO", guard)
    try:
        yield guard
    finally:
        guard.flush()
        sys.stdout = before


def discard_rest(stream: TextIO) -> None:
    """Sends what a stream still holds, and all that comes, to nowhere.

    Python writes what is left in its buffer when it ends, and would fail once more.
    """
    with (
        suppress(OSError, ValueError, io.UnsupportedOperation),
        Path(os.devnull).open("w", encoding="ascii") as nowhere,
    ):
        os.dup2(nowhere.fileno(), stream.fileno())


def _to_standard_error(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()
