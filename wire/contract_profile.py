"""Another engine's session API as data: its paths, names, states and statuses.

A profile describes what differs in spelling alone. Meaning (what a state allows, what a total is,
what is merged) stays that of the contract; what a plugin's functions cannot translate into it, no
profile can describe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from ..contract import SESSION_IN_PATH, Operation, SessionState
from .encoding import METHODS_AND_SUFFIXES, NOT_JSON, SESSIONS, decode_json, encode_json
from .messages import Request, Response

_BY_SUFFIX = {suffix: one for one, (_, suffix) in METHODS_AND_SUFFIXES.items() if suffix}
_TARGET = re.compile(
    rf"{SESSIONS}(?P<session>[^/?#]*)(?P<suffix>{'|'.join(_BY_SUFFIX)})?(?:\?(?P<query>.*))?"
)
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
        ValueError: two names of one table, or two states, become one; or update, get or return is
            missing. That a name becomes one that the contract has elsewhere is not seen.
    """

    endpoints: Mapping[Operation, Endpoint]
    """Each operation of the contract version that is tested; without reopen, none is sent."""
    members: Mapping[str, str] = {}
    """Names of JSON members, at any depth."""
    states: Mapping[str, str] = {}
    """Values of ``state``; those that are not named stay as they are."""
    statuses: Mapping[str, int] = {}
    """HTTP statuses of the engine, to those of the contract: ``{"422": 400}``."""
    parameters: Mapping[str, str] = {}
    """Names of query parameters."""
    free: tuple[str, ...] = ("attributes",)
    """Members, by name of the contract, whose content is the shop's own, and stays as it is."""
    named: tuple[str, ...] = ("additionalCosts",)
    """Members whose content is an object with names of the shop's own."""

    def __post_init__(self) -> None:
        every_state = {state.value: state.value for state in SessionState} | dict(self.states)
        tables: Mapping[str, Mapping[str, str]] = {
            "members": self.members,
            "states": every_state,
            "parameters": self.parameters,
        }
        for name, table in tables.items():
            if len(set(table.values())) < len(table):
                raise ValueError(f"{name}: expected a name of its own for each, found {table!r}")
        # 2.5.1 has no reopen.
        for operation in (Operation.UPDATE, Operation.GET, Operation.RETURN):
            if operation not in self.endpoints:
                raise ValueError(f"endpoints: expected {operation.value}, found none")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """The names of one side, to those of the other."""

    members: Mapping[str, str]
    states: Mapping[str, str]
    kept: Mapping[str, bool]
    """The members whose inner names are the shop's own, and whether all of them is."""
    state: str = _STATE
    """The name of the member with a state in it."""

    strange: frozenset[str] = frozenset()
    """Names that the other side would take for what they do not mean here."""
    strange_states: frozenset[str] = frozenset()

    def put_into(self, value: Any) -> Any:
        """``value``, a body or a part of one, with the names of the other side.

        Raises:
            UntranslatableError: it holds one of the strange names or states.
        """
        if isinstance(value, list):
            return [self.put_into(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {
            self.members.get(name, name): self._member(name, inner) for name, inner in value.items()
        }

    def _member(self, name: str, inner: Any) -> Any:
        if name in self.strange:
            raise UntranslatableError("a name of the engine that is none of the contract")
        if name == self.state and isinstance(inner, str):
            if inner in self.strange_states:
                raise UntranslatableError("a state of the engine that is none of the contract")
            return self.states.get(inner, inner)
        is_free = self.kept.get(name)
        if is_free:
            return inner
        if is_free is False and isinstance(inner, dict):
            return {key: self.put_into(one) for key, one in inner.items()}
        return self.put_into(inner)


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
    _there: _Names = field(init=False, repr=False, compare=False)
    _back: _Names = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every request and every response needs them.
        object.__setattr__(self, "_there", _names_there(self.profile))
        object.__setattr__(self, "_back", _names_back(self.profile))

    @property
    def dry_parameter(self) -> str:
        """The engine's name of the query parameter that makes a request dry."""
        return self.profile.parameters.get("dry", "dry")

    def request(self, request: Request, /) -> Request:
        """The request as the engine wants it.

        Raises:
            UntranslatableError: the engine has no such operation, or would take the request for
                another one: its body holds a name or state of the engine that is none of the
                contract, or its method is none of the contract's and that of the engine.
        """
        found = _TARGET.fullmatch(request.target)
        if found is None:
            return request
        operation = _operation(found, request.method)
        if operation not in self.profile.endpoints:
            raise UntranslatableError(f"the engine has no {operation.value}")
        endpoint = self.profile.endpoints[operation]
        path = endpoint.path.replace(SESSION_IN_PATH, found["session"])
        target = f"{path}?{self._query(found['query'])}" if found["query"] else path
        body = request.body
        decoded = decode_json(body) if body else NOT_JSON
        if decoded is not NOT_JSON:
            body = encode_json(self._there.put_into(self.outgoing(operation, decoded)))
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
        found = _TARGET.fullmatch(request.target)
        decoded = decode_json(response.body) if response.body else NOT_JSON
        if found is None or decoded is NOT_JSON:
            return replace(response, status=status)
        operation = _operation(found, request.method)
        body = self.incoming(operation, self._back.put_into(decoded))
        return replace(response, status=status, body=encode_json(body))

    def _query(self, query: str) -> str:
        names = self.profile.parameters
        pairs = parse_qsl(query, keep_blank_values=True)
        if not any(name in names for name, _ in pairs):
            return query
        return urlencode([(names.get(name, name), value) for name, value in pairs])


def _names_there(profile: ContractProfile) -> _Names:
    """The names of the contract, to those of the engine."""
    kept = dict.fromkeys(profile.free, True) | dict.fromkeys(profile.named, False)
    members, states = profile.members, profile.states
    return _Names(
        members=members,
        states=states,
        kept=kept,
        strange=frozenset(members.values()) - members.keys(),
        strange_states=frozenset(states.values()) - states.keys(),
    )


def _names_back(profile: ContractProfile) -> _Names:
    """The names of the engine, to those of the contract."""
    there = _names_there(profile)
    return _Names(
        members={engine: own for own, engine in profile.members.items()},
        states={engine: own for own, engine in profile.states.items()},
        kept={profile.members.get(name, name): is_free for name, is_free in there.kept.items()},
        state=profile.members.get(_STATE, _STATE),
    )


def _operation(found: re.Match[str], method: str) -> Operation:
    """The operation with a method and the path that was found."""
    if found["suffix"]:
        return _BY_SUFFIX[found["suffix"]]
    return Operation.GET if method in ("GET", "HEAD") else Operation.UPDATE


def _method(operation: Operation) -> str:
    return METHODS_AND_SUFFIXES[operation][0]
