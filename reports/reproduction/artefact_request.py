"""One request of an artefact: complete, with placeholders for API key, host and mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

from ...contract import MARK, Cut, Raw, Scenario, Step
from ...wire import RequestHeaders
from ...wire.encoding import request_of
from ...wire.secrets import TargetSecrets

KEY_PLACEHOLDER = "{key}"
"""Stands for the API key in an Authorization header."""
HOST_PLACEHOLDER = "{host}"
"""Stands for host and port of the target in a Host header."""
LENGTH_PLACEHOLDER = "{length}"
"""Stands for the length of the body in a Content-Length header: codes with their numbers may be
longer than their placeholders."""
_HEADERS = RequestHeaders(TargetSecrets(KEY_PLACEHOLDER))
_CLIENT_HEADERS = ("host", "content-length", "user-agent")
"""Headers that each HTTP client writes by itself."""


class RequestPayload(TypedDict):
    """A request as the scripts read it."""

    session: int
    dry: bool
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    """Bytes as latin-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactRequest:
    """One request of an artefact. Its texts hold the placeholder mark of the record."""

    session_index: int
    """-1: sessions of its own, which no other request uses."""
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    """All header lines in their order, with `KEY_PLACEHOLDER` and `HOST_PLACEHOLDER`."""
    body: bytes | None = None
    dry: bool = False
    cut: Cut | None = None
    is_raw: bool = False
    """A raw step: scripts must send exactly these bytes and add no header."""

    repetitions: int = 1
    """How often it is sent, each time to another session: ``{n}`` in the target is its number."""

    @classmethod
    def of(cls, step: Step, session_id: str) -> ArtefactRequest:
        """The request of ``step``, addressed to ``session_id``."""
        request = request_of(step, session_id, MARK)
        return cls(
            session_index=step.session,
            method=request.method,
            target=request.target,
            headers=tuple(_HEADERS.of(request, HOST_PLACEHOLDER)),
            body=request.body,
            dry=getattr(step, "dry", False),
            cut=getattr(step, "cut", None),
            is_raw=isinstance(step, Raw),
        )

    @property
    def explicit_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that a script must give to an HTTP client; the client writes the others."""
        return tuple(line for line in self.headers if line[0].lower() not in _CLIENT_HEADERS)

    @property
    def _measured_headers(self) -> tuple[tuple[str, str], ...]:
        """All headers; a length is left open unless it is a wrong one."""
        right = ("Content-Length", str(len(self.body or b"")))
        return tuple(
            (line[0], LENGTH_PLACEHOLDER) if line == right else line for line in self.headers
        )

    def payload(self, *, all_headers: bool) -> RequestPayload:
        """The request as the scripts read it, with `headers` or only `explicit_headers`."""
        return {
            "session": self.session_index,
            "dry": self.dry,
            "method": self.method,
            "target": self.target,
            "headers": self._measured_headers if all_headers else self.explicit_headers,
            "body": None if self.body is None else self.body.decode("latin-1"),
        }

    def with_mark(self, mark: str) -> ArtefactRequest:
        """The same request with ``mark`` in place of the placeholder mark of the record."""
        return replace(
            self,
            target=self.target.replace(MARK, mark),
            headers=tuple((name, value.replace(MARK, mark)) for name, value in self.headers),
            body=self.body and self.body.replace(MARK.encode(), mark.encode()),
        )


def requests_of(scenario: Scenario) -> tuple[ArtefactRequest, ...]:
    """The requests of ``scenario``, one a step."""
    return tuple(
        ArtefactRequest.of(step, scenario.sessions[step.session]) for step in scenario.steps
    )
