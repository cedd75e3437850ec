"""Tests that each lawful dialect shows, keeps the documented schemas, and is described."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Entity, Environment, schema
from cartfuzz.sandbox import DIALECTS, Area, Dialect

from .dialect_witnesses import BY_ENVIRONMENT, IN_PARALLEL, OWN_WITNESSES, TOUR, WITNESSES
from .steps import Answer, Client, Step, put
from .transcripts import transcript
from .witnesses.codes import HUGE_TOTALS

IN_PROCESS = [dialect for dialect in DIALECTS.values() if not dialect.needs_server]


def environments(dialect: Dialect) -> Iterator[Environment]:
    """The environments of a dialect, one for each of its versions."""
    for version in dialect.versions:
        yield dialect.environment(msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version))


def test_every_dialect_has_a_witness() -> None:
    """The witnesses cover the dialects that one request after another can show, each by name."""
    names = {dialect.name for dialect in IN_PROCESS}
    assert OWN_WITNESSES.keys() <= names
    assert WITNESSES.keys() == names - BY_ENVIRONMENT - IN_PARALLEL.keys()


@pytest.mark.parametrize("name", WITNESSES)
def test_a_dialect_shows(name: str) -> None:
    """In each of its versions, a dialect changes the answers to its witness; nothing else does."""
    steps = WITNESSES[name]
    for environment in environments(DIALECTS[name]):
        clean = transcript(environment, steps)
        assert transcript(environment, steps, dialects=[name]) != clean
        assert transcript(environment, steps) == clean


@pytest.mark.parametrize("name", IN_PARALLEL)
def test_of_many_parallel_updates_some_are_refused(name: str) -> None:
    """A dialect of parallel updates accepts as many as it says, and answers all later ones 409."""
    client = Client(dialects=[name])
    statuses = sorted(answer.status for answer in client.send_burst(*[put()] * 6))
    assert statuses == [200] * IN_PARALLEL[name] + [409] * (6 - IN_PARALLEL[name])
    assert client(put()).status == 200


@pytest.mark.parametrize("dialect", IN_PROCESS, ids=lambda dialect: dialect.name)
def test_a_dialect_keeps_the_schemas(dialect: Dialect) -> None:
    """Answers have a status that the contract knows, and conform to the entity that it names."""
    for environment in environments(dialect):
        for steps in (TOUR, WITNESSES.get(dialect.name, ())):
            client = Client(environment, dialects=[dialect.name])
            for step in steps:
                assert problems(environment.contract, step, client(step)) == []


@pytest.mark.parametrize("dialect", IN_PROCESS, ids=lambda dialect: dialect.name)
def test_a_dialect_answers_totals_beyond_doubles(dialect: Dialect) -> None:
    """Closing, returning and cancelling conform where totals are greater than every double."""
    for environment in environments(dialect):
        client = Client(environment, dialects=[dialect.name])
        for step in HUGE_TOTALS:
            assert problems(environment.contract, step, client(step)) == []


def problems(version: ContractVersion, step: Step, answer: Answer) -> list[str]:
    """What of an answer contradicts the schemas; members that are null count as left out."""
    if answer.status == 301 or answer.content_type.startswith("text/html"):
        return []  # a proxy has answered, which is lawful for odd session IDs
    if answer.status == 200:
        entity = Entity.INTEGRATION_STATE
        if step.method == "GET":
            entity = Entity.SESSION_RESPONSE
        elif step.path.endswith("/reopen"):
            entity = Entity.REOPEN_RESPONSE
    elif 400 <= answer.status < 500:
        entity = Entity.ERROR_RESPONSE
    else:
        return [f"status {answer.status}"]
    body = without_nulls(answer.json)
    if answer.status == 401:
        body.setdefault("message", "")  # the schema of a 401 requires nothing
    if answer.status == 409:
        body.pop("errors", None)  # those of a 409 have no type
    return [error.message for error in validator(version, entity).iter_errors(body)]


@cache
def validator(version: ContractVersion, entity: Entity) -> jsonschema_rs.Validator:
    """The validator of an entity, formats included."""
    return jsonschema_rs.validator_for(schema(version, entity), validate_formats=True)


def without_nulls(value: Any) -> Any:
    """A JSON value without the members that are null."""
    if isinstance(value, list):
        return [without_nulls(part) for part in value]
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    return value


def test_dialects_are_described() -> None:
    """Each dialect has a one-sentence summary, and a rule or another source that allows it."""
    for dialect in DIALECTS.values():
        assert dialect.summary.endswith("."), dialect.name
        assert dialect.rules or dialect.source, dialect.name


def test_there_are_dialects_of_every_area() -> None:
    """There are at least 140 dialects, and at least three of each area."""
    assert len(DIALECTS) >= 140
    for area in Area:
        assert sum(dialect.area is area for dialect in DIALECTS.values()) >= 3, area
