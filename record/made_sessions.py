"""The lines that say which sessions a run makes: what is left of it can be found and cancelled.

A file holds what one worker made. Before an execution sends anything, its line names the sessions
that it may make; a second line says in which states it left them. So a run that is killed has
named every session that it may have made::

    +0a1 race0-{} race1-{}
    -0a1 oc

``0a1`` is the mark of the execution without the run's part and its leading zeros, ``{}`` stands
for the whole mark. A name is a session ID as a part of a path, percent-encoded; one that begins
with a slash is a whole path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SESSIONS_FOLDER = "sessions"
"""In the folder of a run; in it a folder for each run ID."""
SESSIONS_SUFFIX = ".txt"
CLEANED_FILE = f"cleaned{SESSIONS_SUFFIX}"
"""What was cleaned since: its lines count before those of the workers."""
_PLACEHOLDER = "{}"
_ENCODING = "utf-8"
_ERRORS = "surrogatepass"
_TAIL_LENGTH = 10


class Left(StrEnum):
    """In which state an execution believes to have left a session."""

    NEVER_MADE = "n"
    OPEN = "o"
    CLOSED = "c"
    PARTIALLY_RETURNED = "p"
    CANCELLED = "x"
    UNKNOWN = "?"
    CLEANED = "d"
    """The target has shown since that it is cancelled, or does not exist."""


_MAY_BE_LEFT = frozenset((Left.OPEN, Left.CLOSED, Left.PARTIALLY_RETURNED, Left.UNKNOWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSessions:
    """The sessions of one execution."""

    mark: str
    names: tuple[str, ...]
    """With the mark in its place, see the module."""
    states: tuple[Left, ...]
    """One a name."""

    @property
    def may_be_left(self) -> int:
        """How many of them exist and are not cancelled, as far as is known."""
        return sum(state in _MAY_BE_LEFT for state in self.states)


def begin_line(mark: str, names: Iterable[str]) -> bytes:
    """The line before an execution.

    Args:
        mark: of the execution.
        names: of its sessions, with the mark in its place.
    """
    texts = (name.replace(mark, _PLACEHOLDER).replace(" ", "%20") for name in names)
    return f"+{_short(mark)} {' '.join(texts)}\n".encode(_ENCODING, _ERRORS)


def end_line(mark: str, states: Iterable[Left]) -> bytes:
    """The line after an execution, with a state for each name of its first line."""
    return f"-{_short(mark)} {''.join(states)}\n".encode(_ENCODING, _ERRORS)


def read_made_sessions(
    lines: Iterable[bytes], run_id: str, cleaned: Mapping[str, Sequence[Left]]
) -> Iterator[MadeSessions]:
    """The executions in the lines of one worker; those that did not end come last.

    A line that is not whole, as the last one of a full disk may be, is passed over.

    Args:
        lines: with their line feeds.
        run_id: the run's part of the marks.
        cleaned: of `read_cleaned`.
    """
    begun: dict[str, tuple[str, ...]] = {}
    for line in lines:
        sign, short, rest = _parts(line)
        if sign == "+" and rest:
            begun[short] = tuple(rest.split(" "))
        elif sign == "-" and short in begun:
            names, states = begun.pop(short), _states(rest)
            if len(names) == len(states):
                yield _made(run_id, short, names, cleaned.get(short, states))
            else:
                begun[short] = names
    for short, names in begun.items():
        yield _made(run_id, short, names, cleaned.get(short, (Left.UNKNOWN,) * len(names)))


def read_cleaned(lines: Iterable[bytes]) -> dict[str, tuple[Left, ...]]:
    """By what `MadeSessions.mark` is without the run's part, the states after a cleaning."""
    parts = map(_parts, lines)
    return {short: _states(rest) for sign, short, rest in parts if sign == "-"}


def _made(run_id: str, short: str, names: tuple[str, ...], states: Sequence[Left]) -> MadeSessions:
    mark = f"cf-{run_id}-{short[0]}{short[1:].rjust(_TAIL_LENGTH - 1, '0')}"
    return MadeSessions(
        mark=mark,
        names=tuple(name.replace(_PLACEHOLDER, mark) for name in names),
        states=tuple(states) if len(states) == len(names) else (Left.UNKNOWN,) * len(names),
    )


def _short(mark: str) -> str:
    tail = mark[-_TAIL_LENGTH:]
    return tail[0] + tail[1:].lstrip("0")


def _parts(line: bytes) -> tuple[str, str, str]:
    """Sign, shortened mark and the rest of a line; empty texts where it is none."""
    try:
        text = line.decode(_ENCODING, _ERRORS)
    except UnicodeDecodeError:
        return "", "", ""
    if not text.endswith("\n") or text[:1] not in {"+", "-"}:
        return "", "", ""
    short, _, rest = text[1:-1].partition(" ")
    return (text[0], short, rest) if 0 < len(short) <= _TAIL_LENGTH else ("", "", "")


def _states(text: str) -> tuple[Left, ...]:
    try:
        return tuple(map(Left, text))
    except ValueError:
        return ()
