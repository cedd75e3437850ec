"""Another engine's session API as data: its paths, names, states and statuses.

A profile describes what differs in spelling alone. Meaning (what a state allows, what a total is,
what is merged) stays that of the contract; what a plugin's functions cannot translate into it, no
profile can describe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from ..contract import SESSION_IN_PATH, Operation
from .encoding import NOT_JSON, decode_json, encode_json
from .messages import Request, Response

_TARGET = re.compile(
    r"/v2/customer_sessions/(?P<session>[^/?#]*)(?P<suffix>/returns|/reopen)?(?:\?(?P<query>.*))?"
)
_BY_SUFFIX = {"/returns": Operation.RETURN, "/reopen": Operation.REOPEN}
_STATE = "state"

Reform = Callable[[Operation, Any], Any]
"""Gets the operation and a decoded body; returns the body in another form. That of a request may
raise `UntranslatableError`."""


def _as_it_is(_operation: Operation, body: Any) -> Any:
    return body


class UntranslatableError(Exception):
    """The engine has no such request: it is not sent, and nothing is judged of it.

    Args:
        reason: a few words that hold no value, for reports.
    """


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the engine has an operation."""

    method: str
    path: str
    """With `cartfuzz.contract.SESSION_IN_PATH` in the place of the session ID."""


class ContractProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The spelling of another engine. In each table the contract's name comes first.

    Raises:
        ValueError: two names of the contract become one, or an operation is missing.
    """

    endpoints: Mapping[Operation, Endpoint]
    """Each operation of the contract version that is tested."""
    members: Mapping[str, str] = {}
    """Names of JSON members, at any depth."""
    states: Mapping[str, str] = {}
    """Values of ``state``."""
    statuses: Mapping[str, int] = {}
    """HTTP statuses of the engine, to those of the contract: ``{"422": 400}``."""
    parameters: Mapping[str, str] = {}
    """Names of query parameters."""
    free: tuple[str, ...] = ("attributes",)
    """Members, by name of the contract, whose content is the shop's own, and stays as it is."""
    named: tuple[str, ...] = ("additionalCosts",)
    """Members whose content is an object with names of the shop's own."""

    def __post_init__(self) -> None:
        for name in ("members", "states", "parameters"):
            table: Mapping[str, str] = getattr(self, name)
            if len(set(table.values())) < len(table):
                raise ValueError(f"{name}: expected a name of its own for each, found {table!r}")
        for operation in (Operation.UPDATE, Operation.GET, Operation.RETURN):
            if operation not in self.endpoints:
                raise ValueError(f"endpoints: expected {operation.value}, found none")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTranslation:
    """Translates between the contract and the engine of ``profile``.

    A body that is no JSON, and a path that is none of the contract, go out as they are. What is
    odd in the contract's terms and would be usual in the engine's cannot be translated.
    """

    profile: ContractProfile
    outgoing: Reform = _as_it_is
    """What changes in the form of a request body, before its names are translated."""
    incoming: Reform = _as_it_is
    """What changes in the form of a response body, after its names were translated."""

    @property
    def dry_parameter(self) -> str:
        """The engine's name of the query parameter that makes a request dry."""
        return self.profile.parameters.get("dry", "dry")

    def request(self, request: Request, /) -> Request:
        """The request as the engine wants it.

        Raises:
            UntranslatableError: the engine would take it for another one: its body holds a name or
                state of the engine that is none of the contract, or its method is none of the
                contract's and that of the engine.
        """
        found = _TARGET.fullmatch(request.target)
        operation = _operation(request)
        if found is None or operation is None or operation not in self.profile.endpoints:
            return request
        endpoint = self.profile.endpoints[operation]
        path = endpoint.path.replace(SESSION_IN_PATH, found["session"])
        target = f"{path}?{self._query(found['query'])}" if found["query"] else path
        body = request.body
        decoded = decode_json(body) if body else NOT_JSON
        if decoded is not NOT_JSON:
            body = encode_json(self._to_engine(self.outgoing(operation, decoded)))
        usual = _method(operation) == request.method
        if not usual and request.method == endpoint.method:
            raise UntranslatableError("the engine has this method for another one")
        return replace(
            request,
            method=endpoint.method if usual else request.method,
            target=target,
            body=body,
        )

    def response(self, request: Request, response: Response, /) -> Response:
        """The answer of the engine as the contract has it."""
        status = self.profile.statuses.get(str(response.status), response.status)
        operation = _operation(request)
        decoded = decode_json(response.body) if response.body else NOT_JSON
        if operation is None or decoded is NOT_JSON:
            return replace(response, status=status)
        body = self.incoming(operation, self._from_engine(decoded))
        return replace(response, status=status, body=encode_json(body))

    def _query(self, query: str) -> str:
        names = self.profile.parameters
        pairs = parse_qsl(query, keep_blank_values=True)
        if not any(name in names for name, _ in pairs):
            return query
        return urlencode([(names.get(name, name), value) for name, value in pairs])

    def _to_engine(self, body: Any) -> Any:
        members, states = self.profile.members, self.profile.states
        return _renamed(
            body,
            members,
            states,
            self._kept(),
            strange=frozenset(members.values()) - members.keys(),
            strange_states=frozenset(states.values()) - states.keys(),
        )

    def _from_engine(self, body: Any) -> Any:
        members = {engine: own for own, engine in self.profile.members.items()}
        states = {engine: own for own, engine in self.profile.states.items()}
        kept = {
            self.profile.members.get(name, name): is_free for name, is_free in self._kept().items()
        }
        return _renamed(body, members, states, kept, state=self.profile.members.get(_STATE, _STATE))

    def _kept(self) -> dict[str, bool]:
        """The members whose inner names are the shop's own, and whether all of them is."""
        return dict.fromkeys(self.profile.free, True) | dict.fromkeys(self.profile.named, False)


def _renamed(
    value: Any,
    members: Mapping[str, str],
    states: Mapping[str, str],
    kept: Mapping[str, bool],
    *,
    state: str = _STATE,
    strange: frozenset[str] = frozenset(),
    strange_states: frozenset[str] = frozenset(),
) -> Any:
    """``value`` with other names; ``state`` is the name of the member with a state in it.

    Raises:
        UntranslatableError: it holds one of the ``strange`` names or states.
    """

    def of(inner: Any) -> Any:
        return _renamed(
            inner,
            members,
            states,
            kept,
            state=state,
            strange=strange,
            strange_states=strange_states,
        )

    if isinstance(value, list):
        return [of(one) for one in value]
    if not isinstance(value, dict):
        return value
    renamed: dict[str, Any] = {}
    for name, inner in value.items():
        new: Any
        if name in strange:
            raise UntranslatableError("a name of the engine that is none of the contract")
        if name == state and isinstance(inner, str):
            if inner in strange_states:
                raise UntranslatableError("a state of the engine that is none of the contract")
            new = states.get(inner, inner)
        elif kept.get(name) is True:
            new = inner
        elif kept.get(name) is False and isinstance(inner, dict):
            new = {key: of(one) for key, one in inner.items()}
        else:
            new = of(inner)
        renamed[members.get(name, name)] = new
    return renamed


def _operation(request: Request) -> Operation | None:
    """The operation whose path ``request`` has; None: it is none of the contract's."""
    found = _TARGET.fullmatch(request.target)
    if found is None:
        return None
    if found["suffix"]:
        return _BY_SUFFIX[found["suffix"]]
    return Operation.GET if request.method in ("GET", "HEAD") else Operation.UPDATE


def _method(operation: Operation) -> str:
    return {Operation.GET: "GET", Operation.RETURN: "POST"}.get(operation, "PUT")
