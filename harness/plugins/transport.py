"""A transport that translates requests and adds header lines as plugins ask for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from ...contract import ConfigurationError, Cut
from ...wire import Delivery, NoResponse, Request, Response
from ...wire.bounds import excess
from ...wire.contract_profile import UntranslatableError
from ..access.header_lines import checked_name, checked_value
from ..transport.protocols import Transport, abort_of, mixed_up_of
from .bounded_call import NoAnswerError, called_within
from .extensions import Extensions
from .plugin import Plugin

_Made = TypeVar("_Made")
_Message = TypeVar("_Message", Request, Response)


MAX_SEC = 10.0
"""For a header line or a translation of one message."""


class PluginTransport:
    """Sends what plugins make of a request. A request of which they make nothing is not sent.

    Args:
        transport: has the connections.
        extensions: the plugins.
    """

    def __init__(self, transport: Transport, extensions: Extensions) -> None:
        self._transport = transport
        self._hung: set[str] = set()
        self._signers = [one for one in extensions.plugins if one.header_lines is not None]
        self._translator = next(
            (one for one in extensions.plugins if one.translation is not None), None
        )

    def send(self, request: Request) -> Response | NoResponse:
        """As of `Transport.send`."""
        made = self._outgoing(request)
        if isinstance(made, NoResponse):
            return made
        return self._incoming(request, self._transport.send(made))

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """As of `Transport.burst`; none is sent where one cannot be made."""
        return self._all(requests, self._transport.burst)

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """As of `Transport.sequence`; none is sent where one cannot be made."""
        return self._all(requests, self._transport.sequence)

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """As of `Transport.cut`."""
        made = self._outgoing(request)
        return made if isinstance(made, NoResponse) else self._transport.cut(made, cut)

    def abort(self) -> None:
        """As of `Abortable.abort`."""
        abort_of(self._transport)()

    def mixed_up(self, wait_sec: float) -> int:
        """As of `Ordered.mixed_up`."""
        return mixed_up_of(self._transport)(wait_sec)

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    def _all(
        self,
        requests: Sequence[Request],
        send: Callable[[Sequence[Request]], list[Response | NoResponse]],
    ) -> list[Response | NoResponse]:
        made = [self._outgoing(request) for request in requests]
        ready = [one for one in made if isinstance(one, Request)]
        if len(ready) < len(made):
            failed = next(one for one in made if isinstance(one, NoResponse))
            return [failed for _ in requests]
        return list(map(self._incoming, requests, send(ready)))

    def _outgoing(self, request: Request) -> Request | NoResponse:
        """The request as it goes out, or why it cannot."""
        if self._translator is not None and self._translator.translation is not None:
            try:
                translate = partial(self._translator.translation.request, request)
                request = _a(Request, self._called(self._translator, translate))
            except UntranslatableError as error:
                reason = f"plugin {self._translator.name}: {error}"
                return NoResponse(fate=Delivery.NOT_SENT, reason=reason, held_back=True)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the code is a stranger's
                return _failed(self._translator, "request", error, Delivery.NOT_SENT)
        for plugin in self._signers:
            try:
                lines = self._called(plugin, partial(_checked, plugin, request))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the code is a stranger's
                return _failed(plugin, "header lines", error, Delivery.NOT_SENT)
            request = replace(request, headers=(*request.headers, *lines))
        return request

    def _called(self, plugin: Plugin, function: Callable[[], _Made]) -> _Made:
        """What a function of ``plugin`` returns. One that hung is not called again."""
        if plugin.name in self._hung:
            raise NoAnswerError
        try:
            return called_within(function, MAX_SEC)
        except NoAnswerError:
            self._hung.add(plugin.name)
            raise

    def _incoming(self, request: Request, outcome: Response | NoResponse) -> Response | NoResponse:
        """The answer as the contract has it; one beyond the bounds stays as it is, unread."""
        if self._translator is None or isinstance(outcome, NoResponse):
            return outcome
        translation = self._translator.translation
        if translation is None or outcome.truncated or excess(outcome.body):
            return outcome
        try:
            translate = partial(translation.response, request, outcome)
            return _a(Response, self._called(self._translator, translate))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the code is a stranger's
            return _failed(self._translator, "response", error, Delivery.UNKNOWN)


def with_plugins(transport: Transport, extensions: Extensions) -> Transport:
    """``transport``, or one around it where a plugin changes requests."""
    if not any(plugin.changes_requests for plugin in extensions.plugins):
        return transport
    return PluginTransport(transport, extensions)


def _a(kind: type[_Message], made: object) -> _Message:
    if not isinstance(made, kind):
        raise TypeError(f"expected a {kind.__name__}, found {type(made).__name__}")
    return made


def _checked(plugin: Plugin, request: Request) -> tuple[tuple[str, str], ...]:
    """The header lines that ``plugin`` adds.

    Raises:
        ValueError: one is no header line, or one that Cartfuzz sets itself.
        Exception: whatever the plugin raises.
    """
    if plugin.header_lines is None:
        return ()
    try:
        return tuple(
            (
                checked_name("a header line", str(name)),
                checked_value(f"the line {name}", str(value)),
            )
            for name, value in plugin.header_lines(request)
        )
    except ConfigurationError as error:
        raise ValueError(str(error)) from None


def _failed(plugin: Plugin, part: str, error: BaseException, fate: Delivery) -> NoResponse:
    """What becomes of a request where ``plugin`` raised ``error``.

    Raises:
        MemoryError: it is ``error``.
    """
    if isinstance(error, MemoryError):
        raise error  # nothing that follows would be safe
    # The text of the error may hold what signs the requests.
    reason = f"plugin {plugin.name}, {part}: {type(error).__name__}"
    return NoResponse(fate=fate, reason=reason, held_back=True)
