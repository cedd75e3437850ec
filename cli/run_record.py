"""The record of a run that goes on, whatever becomes of its disk and its folder."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from ..record import Event, RecordWriter, encode_line
from ..record.whole_file import replaced, write_whole
from ..reports.plain import plain
from ..wire.known_secrets import line_without_secrets


class RunRecord:
    """Writes the events of a run. A record that cannot be written ends the run in order.

    A record whose folder was removed is put back. A new one takes the place of an earlier record
    together with its first event, so that no kill leaves a folder without a record.

    Args:
        path: of the record.
        first: the first event.
        stop: is set where the record cannot be written.
        append: whether the record is continued.

    Raises:
        OSError: it cannot be written from the start.
    """

    def __init__(
        self, path: Path, first: Event, *, stop: threading.Event, append: bool = False
    ) -> None:
        if not append:
            write_whole(path, line_without_secrets(encode_line(first)))
        self._writer = _continued(path)
        if append:
            self._writer.write(first)
        self._size = self._writer.size
        self._path = path
        self._stop = stop
        self.failure: OSError | None = None
        """Why it cannot be written any more; None: it can."""

    @property
    def size(self) -> int:
        """Bytes of the record so far."""
        return self._size

    def write(self, event: Event) -> None:
        """Appends ``event``; nothing where an earlier one could not be written."""
        if self.failure is not None:
            return
        try:
            self._put_back_if_removed()
            self._writer.write(event)
            self._size = self._writer.size
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Closes the record, in its place."""
        if self.failure is None:
            try:
                self._put_back_if_removed()
            except OSError as error:
                self._fail(error)
        self._writer.close()

    def _put_back_if_removed(self) -> None:
        """Raises OSError: it cannot be put back, or another file is in its place."""
        try:
            is_own = os.path.samestat(self._path.stat(), os.fstat(self._writer.file.fileno()))
        except FileNotFoundError:
            self._put_back()
            _warn(f"{self._path} was removed while the run writes it; it is there again")
            return
        if not is_own:
            raise OSError(errno.EEXIST, "another file is in its place", str(self._path))

    def _put_back(self) -> None:
        """Copies what was written, which the system keeps for as long as the file is open."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        old = self._writer
        old.file.seek(0)
        with replaced(self._path) as copy:
            shutil.copyfileobj(old.file, copy)
        self._writer = _continued(self._path)
        old.close()

    def _fail(self, error: OSError) -> None:
        self.failure = error
        _warn(f"{self._path}: {reason_of(error)}; the run stops, since nothing more is recorded")
        self._stop.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _continued(path: Path) -> RecordWriter:
    return RecordWriter(path, append=True, clean=line_without_secrets)


def reason_of(error: OSError) -> str:
    """Why a file cannot be used, as the second half of a sentence."""
    return (error.strerror or str(error)).lower()


def _warn(text: str) -> None:
    try:
        click.echo(f"cartfuzz: {plain(text)}", err=True)
    except OSError:
        return  # standard error is on the same disk
