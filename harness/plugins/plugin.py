"""What a plugin is: one frozen value that a module offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ...contract import Environment, Scenario
from ...oracle.own_checks import Check
from ...wire import Request, Response

if TYPE_CHECKING:
    # Hypothesis must not be imported while pytest configures itself.
    from hypothesis.strategies import SearchStrategy


class Translation(Protocol):
    """Another engine's wire form of the same sessions.

    Both methods are pure, and threads share the translation. What they cannot translate they
    return as it is.

    With ``--read-only`` only a GET without a body goes out, with ``--dry-only`` besides a PUT or
    POST whose query has ``dry=true``, whatever a translation makes. Where the engine names that
    parameter otherwise, the translation has an attribute ``dry_parameter`` with its name.
    """

    def request(self, request: Request, /) -> Request:
        """The request as the other engine wants it."""

    def response(self, request: Request, response: Response, /) -> Response:
        """The answer of the other engine as the contract has it.

        Args:
            request: the one that was answered, as the contract has it.
            response: the answer as it came.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """Everything that one plugin adds. Its functions are called by several threads at once, and in
    each process of a run."""

    name: str
    """Letters, digits, hyphens and underscores: ``"acme"``. It is part of signatures."""
    version: str = ""
    """For records."""
    checks: tuple[Check, ...] = ()
    """Its rules, each with what judges it."""
    scenarios: Callable[[Environment], Iterable[Scenario]] | None = None
    """The scenarios that the sweep of the phase ``edges`` begins with, always the same. Their steps
    name the rules that they aim at."""
    drawn: Callable[[Environment], SearchStrategy[Scenario]] | None = None
    """Scenarios that the phase ``explore`` draws besides its own."""
    header_lines: Callable[[Request], Sequence[tuple[str, str]]] | None = None
    """The header lines that a request gets besides, such as a signature of its bytes; none that
    Cartfuzz sets itself. They are never recorded."""
    translation: Translation | None = None
    """Where the target speaks another contract's wire form."""

    @property
    def changes_requests(self) -> bool:
        """Whether requests go out in another form than a script would send them."""
        return self.header_lines is not None or self.translation is not None
