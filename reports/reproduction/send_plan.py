"""In which groups the requests of an artefact go out, and by which means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .artefact import HOST, Artefact, Sent

PLAIN, TOGETHER, IN_LINE = "one by one", "together", "on one connection"
_BEYOND_CURL = frozenset(("transfer-encoding", "expect", "connection", "upgrade"))
"""Header lines that change what curl does."""


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that go out in one way."""

    how: str
    """`PLAIN`: by any HTTP client. `TOGETHER`: released at once. `IN_LINE`: byte by byte, one after
    the other on one connection. ``"cut …"``: byte by byte, up to a cut. ``"… times"``: one request
    by any client, to so many sessions."""
    places: tuple[int, ...]

    @property
    def ordinary(self) -> bool:
        """Whether any HTTP client can send it."""
        return self.how == PLAIN or self.how.endswith(" times")


def groups(artefact: Artefact) -> list[Group]:
    """The groups of ``artefact`` in their order."""
    found: list[Group] = []
    for how, places in _groups(artefact):
        if how == PLAIN and found and found[-1].how == PLAIN:
            found[-1] = Group(PLAIN, (*found[-1].places, *places))
        else:
            found.append(Group(how, places))
    return found


def _groups(artefact: Artefact) -> Iterator[tuple[str, tuple[int, ...]]]:
    first, last = artefact.burst or (0, 0)
    read_along = {
        number + 1
        for number, (one, other) in enumerate(pairwise(artefact.requests))
        if one.odd and not other.odd and other.method == "GET" and one.session == other.session
    }
    for number, sent in enumerate(artefact.requests):
        if first <= number < last:
            if number == first:
                yield TOGETHER, tuple(range(first, last))
        elif sent.cut is not None:
            yield f"cut {sent.cut.value}", (number,)
        elif sent.times > 1:
            yield f"{sent.times} times", (number,)
        elif sent.odd:
            # The read that follows goes over the same connection: it must be served as well.
            along = (number + 1,) if number + 1 in read_along else ()
            yield IN_LINE, (number, *along)
        elif number not in read_along:
            yield PLAIN, (number,)


def sent_by_curl(artefact: Artefact, group: Group) -> bool:
    """Whether curl can send a group of requests."""
    sent = [artefact.requests[place] for place in group.places]
    if group.how == IN_LINE:
        return all(_as_it_is(one) for one in sent if one.odd)
    return group.ordinary


def _as_it_is(sent: Sent) -> bool:
    """Whether curl sends an odd request just as it is."""
    texts = [sent.method, sent.target, *(part for line in sent.headers for part in line)]
    lines = {name.lower(): value for name, value in sent.headers}
    size = str(len(sent.body)) if sent.body is not None else None
    return (
        all(text and text.isascii() and text.isprintable() for text in texts)
        and sent.method.isalpha()
        and sent.target.startswith("/")
        and not set(sent.target) & set(" #")
        and len(lines) == len(sent.headers)
        and not lines.keys() & _BEYOND_CURL
        and lines.get("host") == HOST
        and lines.get("content-length") == size
    )
