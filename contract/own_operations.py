"""Describes an operation that the contract does not know, as data, and makes steps of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .operations import Credentials, JsonValue, Raw, Step
from .states import Operation

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOperation:
    """An operation of a company's own, on the host of the target.

    The oracle's model is not asked for it: the checks of its plugin alone judge the response. Where
    the method may write, Cartfuzz reads the session afterwards and believes what it shows; that it
    changes other sessions is not expected.

    Raises:
        ValueError: the name is empty, or the path does not begin with a slash.
    """

    name: str
    """What reports call it: ``"points balance"``."""
    method: str
    path: str
    """As it is sent; `SESSION_IN_PATH` in it becomes the session ID, percent-encoded:
    ``"/v1/balances/{session}?unit=points"``."""
    headers: tuple[tuple[str, str], ...] = ()
    """Header lines besides the usual ones."""

    def __post_init__(self) -> None:
        if not self.name or not self.path.startswith("/"):
            raise ValueError(
                f"expected a name and a path that begins with /, found {self.name!r} and "
                f"{self.path!r}"
            )

    def step(
        self,
        *aims: str,
        session: int = 0,
        body: JsonValue = None,
        credentials: Credentials = Credentials.VALID,
    ) -> Raw:
        """One request of it.

        Args:
            aims: the rules that it puts to the test.
            session: which session of the scenario is meant, by index.
            body: a JSON value; None: the request has none.
            credentials: which credentials it carries.
        """
        path, _, query = self.path.partition("?")
        return Raw(
            session=session,
            endpoint=Operation.GET if self.method in _SAFE_METHODS else Operation.UPDATE,
            oddity=self.name,
            own=self.name,
            method=self.method,
            path=path,
            query=query,
            headers=self.headers,
            body=b"" if body is None else json.dumps(body).encode("ascii"),
            credentials=credentials,
            aims=aims,
        )


def is_safe(step: Raw) -> bool:
    """Whether the method of a step of an `OwnOperation` promises to change nothing (RFC 9110,
    9.2.1)."""
    return step.method in _SAFE_METHODS


def is_own(step: Step) -> bool:
    """Whether ``step`` requests an operation that a plugin describes."""
    return isinstance(step, Raw) and bool(step.own)


def operation_name(step: Step) -> str:
    """What reports call the operation of ``step``: that of the API, or an `OwnOperation`."""
    return (isinstance(step, Raw) and step.own) or step.operation.value
