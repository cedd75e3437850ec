"""Checks the shape of accepted responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from ...contract import ContractVersion, Entity, Environment, Operation, Release, schema
from ...record import SESSION_SHOWN, Claim, Fits, Outcome, Present, Situation, TypeIs, pointer
from ...wire.encoding import NOT_JSON
from ..judged_response import VIEW, Finding, JudgedResponse
from ..model import Topic, Verdict, requests_session

_ENTITIES = {
    Operation.UPDATE: Entity.INTEGRATION_STATE,
    Operation.RETURN: Entity.INTEGRATION_STATE,
    Operation.GET: Entity.SESSION_RESPONSE,
    Operation.REOPEN: Entity.REOPEN_RESPONSE,
}

_READ = Situation.other("get answered 200")
_ASKED_FOR_SESSION = Situation.other("answer that was asked for the session")
_ERROR_MEMBERS = frozenset(("message", "error", "errors"))


def check_schema(response: JudgedResponse) -> Iterator[Finding]:
    """RESP-01: a 200 conforms to the schema of its operation."""
    if response.status != 200:
        return
    if error_as_success(response):
        return
    entity = _ENTITIES[response.step.operation]
    problem, in_session = "no JSON", False
    if response.json is not NOT_JSON:
        error = _first_error(response.environment, entity, response.json)
        problem = _problem(response.environment, entity, error)
        in_session = error is not None and error.instance_path[:1] == ["customerSession"]
    if problem:
        yield Finding(
            rule="RESP-01",
            situation=SESSION_SHOWN if in_session else Situation.other(f"{entity.value} answered"),
            operation=VIEW,
            outcome=Outcome.other(problem),
            claim=_shape_claim(response, entity),
            expected=f"a body that conforms to {entity.value}",
            found=response.body[:300].decode("utf-8", "replace"),
        )


def check_content(response: JudgedResponse) -> Iterator[Finding]:
    """RESP-02: the response has the session where ``responseContent`` asks for it."""
    if response.status != 200 or not isinstance(response.json, dict) or error_as_success(response):
        return
    if response.expectation.topic is Topic.RESPONSE_CONTENT:
        return
    if response.expectation.repeats_return or response.expectation.effect_is_open:
        return  # it repeats an earlier response, which may have asked for less
    reads = response.step.operation is Operation.GET
    if reads and response.expectation.verdict is Verdict.MUST_REJECT:
        return  # there should be none
    if not reads and not requests_session(getattr(response.step, "body", None)):
        return
    if not isinstance(response.json.get("customerSession"), dict):
        yield Finding(
            rule="RESP-03" if reads else "RESP-02",
            situation=_READ if reads else _ASKED_FOR_SESSION,
            operation=VIEW,
            outcome=Outcome.other("no session in the answer"),
            expected="customerSession, an object",
            claim=TypeIs(pointer="/customerSession", type="object"),
            found=response.body[:300].decode("utf-8", "replace"),
        )


def error_as_success(response: JudgedResponse) -> bool:
    """Whether an accepted response has the body of an error, and not one of the operation."""
    if not response.accepted or not isinstance(response.json, dict):
        return False
    members = response.json.keys()
    if not members & _ERROR_MEMBERS or members & {"effects", "customerSession"}:
        return False
    entity = _ENTITIES.get(response.step.operation, Entity.INTEGRATION_STATE)
    return bool(first_schema_error(response.environment, entity, response.json))


def _shape_claim(response: JudgedResponse, entity: Entity) -> Claim | None:
    """What can be claimed of a body without its schema."""
    if response.json is NOT_JSON:
        return TypeIs(pointer="", type="object")
    error = _first_error(response.environment, entity, response.json)
    if error is None:
        return None
    place, kind = pointer(*error.instance_path), error.kind
    match kind:
        case jsonschema_rs.ValidationErrorKind.Required():
            return Present(pointer=place + pointer(kind.property))
        case jsonschema_rs.ValidationErrorKind.Type():
            types = ("number" if name == "integer" else name for name in kind.types)
            return Fits(pointer=place, types=tuple(types))
        case jsonschema_rs.ValidationErrorKind.Minimum():
            return Fits(pointer=place, least=float(kind.limit or 0))
        case jsonschema_rs.ValidationErrorKind.MinLength():
            return Fits(pointer=place, shortest=kind.limit)
        case jsonschema_rs.ValidationErrorKind.MinItems():
            return Fits(pointer=place, shortest=kind.limit)
        case _:
            return None


_DEEPEST = 50
"""Levels; the schemas of the contract describe about ten."""


@cache
def _validator(
    version: ContractVersion, entity: Entity, release: Release
) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schema(version, entity, release), validate_formats=True)


@cache
def _named(version: ContractVersion, entity: Entity) -> frozenset[str | int]:
    """The names of all properties in the schema; other keys are the target's own choice."""
    return frozenset(_properties(schema(version, entity)))


def _properties(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        properties = part.get("properties")
        if isinstance(properties, dict):
            yield from properties
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _properties(inner)


def first_schema_error(environment: Environment, entity: Entity, value: Any) -> str:
    """Where ``value`` fails the schema of ``entity``: a small stable key; empty if it conforms."""
    return _problem(environment, entity, _first_error(environment, entity, value))


def _problem(
    environment: Environment, entity: Entity, error: jsonschema_rs.ValidationError | None
) -> str:
    if error is None:
        return ""
    named = _named(environment.contract, entity)
    path = [str(part) if part in named else "*" for part in error.instance_path]
    keyword = str(error.schema_path[-1]) if error.schema_path else "its schema"
    # The message of "required" names the property that is missing; others quote whole values.
    reason = error.message if keyword == "required" else keyword
    return f"/{'/'.join(path)} fails: {reason}"


def _first_error(
    environment: Environment, entity: Entity, value: Any
) -> jsonschema_rs.ValidationError | None:
    validator = _validator(environment.contract, entity, environment.release)
    try:
        return _validated(validator, value)
    except ValueError:
        # The validator reads UTF-8 only, and no more than some 200 levels. Neither lone surrogates
        # nor what lies deeper than any schema looks are of matter to the shape.
        text = json.dumps(_pruned(value, _DEEPEST), ensure_ascii=False).encode("utf-8", "replace")
        return _validated(validator, json.loads(text))


def _validated(
    validator: jsonschema_rs.Validator, value: Any
) -> jsonschema_rs.ValidationError | None:
    try:
        # Not `iter_errors`, which makes all errors first: one of each of a million elements.
        validator.validate(value)
    except jsonschema_rs.ValidationError as error:
        return error
    return None


def _pruned(value: Any, levels: int) -> Any:
    """``value`` with empty lists and objects below ``levels`` levels."""
    if isinstance(value, dict):
        return {key: _pruned(part, levels - 1) for key, part in value.items()} if levels else {}
    if isinstance(value, list):
        return [_pruned(part, levels - 1) for part in value] if levels else []
    return value
