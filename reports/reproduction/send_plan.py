"""In which groups, and by which means, a script sends the requests of an artefact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from .artefact import Artefact
from .artefact_request import HOST_PLACEHOLDER, ArtefactRequest

_HEADERS_THAT_CHANGE_CURL = frozenset(("transfer-encoding", "expect", "connection", "upgrade"))


class SendMode(StrEnum):
    """How the requests of a group are sent."""

    ONE_BY_ONE = "one by one"
    """By any HTTP client."""
    REPEATED = "times"
    """One request by any HTTP client, to one session after another."""
    ONE_CONNECTION = "on one connection"
    """Byte by byte, one after the other on the same connection."""
    TOGETHER = "together"
    """Byte by byte, each on its own connection, all completed at the same moment."""
    CUT = "cut"
    """One request byte by byte, up to a cut of the connection."""


@dataclass(frozen=True, slots=True)
class SendGroup:
    """Requests that are sent in one way."""

    mode: SendMode
    label: str
    """The mode as the scripts spell it: with the number of times, or the place of the cut."""
    indices: tuple[int, ...]
    """Of `Artefact.requests`."""

    @property
    def needs_raw_sockets(self) -> bool:
        """Whether an ordinary HTTP client cannot send it."""
        return self.mode not in (SendMode.ONE_BY_ONE, SendMode.REPEATED)


def send_plan(artefact: Artefact) -> list[SendGroup]:
    """The groups of ``artefact`` in the order in which they are sent."""
    plan: list[SendGroup] = []
    for group in _groups(artefact):
        if plan and plan[-1].mode is group.mode is SendMode.ONE_BY_ONE:
            plan[-1] = SendGroup(group.mode, group.label, (*plan[-1].indices, *group.indices))
        else:
            plan.append(group)
    return plan


def _groups(artefact: Artefact) -> Iterator[SendGroup]:
    first, last = artefact.burst or (0, 0)
    reads_after_raw = frozenset(_reads_after_raw(artefact.requests))
    for index, request in enumerate(artefact.requests):
        if first <= index < last:
            if index == first:
                yield _group(SendMode.TOGETHER, *range(first, last))
        elif request.cut is not None:
            yield SendGroup(SendMode.CUT, f"cut {request.cut.value}", (index,))
        elif request.repetitions > 1:
            yield SendGroup(SendMode.REPEATED, f"{request.repetitions} times", (index,))
        elif request.is_raw:
            # The read after it uses the same connection: the target must serve that one as well.
            read = (index + 1,) if index + 1 in reads_after_raw else ()
            yield _group(SendMode.ONE_CONNECTION, index, *read)
        elif index not in reads_after_raw:
            yield _group(SendMode.ONE_BY_ONE, index)


def _group(mode: SendMode, *indices: int) -> SendGroup:
    return SendGroup(mode, mode.value, indices)


def _reads_after_raw(requests: tuple[ArtefactRequest, ...]) -> Iterator[int]:
    """Indices of reads that directly follow a raw request to the same session."""
    for index, (before, request) in enumerate(pairwise(requests), start=1):
        same_session = before.session_index == request.session_index
        if before.is_raw and not request.is_raw and request.method == "GET" and same_session:
            yield index


def curl_can_send(artefact: Artefact, group: SendGroup) -> bool:
    """Whether curl sends the requests of ``group`` as they are."""
    if group.mode is SendMode.ONE_CONNECTION:
        requests = (artefact.requests[index] for index in group.indices)
        return all(_curl_keeps(request) for request in requests if request.is_raw)
    return not group.needs_raw_sockets


def _curl_keeps(request: ArtefactRequest) -> bool:
    """Whether curl sends a raw request byte for byte, without changes of its own."""
    texts = [request.method, request.target, *(text for line in request.headers for text in line)]
    headers = {name.lower(): value for name, value in request.headers}
    size = str(len(request.body)) if request.body is not None else None
    return (
        all(text and text.isascii() and text.isprintable() for text in texts)
        and request.method.isalpha()
        and request.target.startswith("/")
        and not set(request.target) & set(" #")
        and len(headers) == len(request.headers)
        and not headers.keys() & _HEADERS_THAT_CHANGE_CURL
        and headers.get("host") == HOST_PLACEHOLDER
        and headers.get("content-length") == size
    )
