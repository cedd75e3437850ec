"""Follows a scenario through the state table, apart from the strategies' own tracker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Validator, validator_for

from cartfuzz.contract import (
    Credentials,
    Entity,
    Environment,
    Fetch,
    Reopen,
    ReturnItems,
    Ruling,
    Scenario,
    SessionState,
    Step,
    Transition,
    Update,
    schema,
    transition,
)


@dataclass(frozen=True)
class Visit:
    """A step with the cell of the state table that it meets."""

    step: Step
    cell: Transition
    valid: bool
    """Whether the step carries valid credentials and a body within its schema."""

    @property
    def dry(self) -> bool:
        return isinstance(self.step, Update | ReturnItems) and self.step.dry


def validators(environment: Environment) -> dict[type[Step], Validator]:
    """The schema of each operation's body."""
    version = environment.contract
    return {
        Update: validator_for(schema(version, Entity.INTEGRATION_REQUEST)),
        ReturnItems: validator_for(schema(version, Entity.RETURN_REQUEST)),
    }


def walk(scenario: Scenario, environment: Environment) -> Iterator[Visit]:
    """Each step with its cell, provided that the target does what the contract says."""
    schemas = validators(environment)
    states: list[SessionState | None] = [None] * len(scenario.sessions)
    for step in scenario.steps:
        valid = step.credentials is Credentials.VALID
        if isinstance(step, Update | ReturnItems):
            valid = valid and is_valid(schemas[type(step)], step.body)
        requested = requested_by(step) if valid else None
        cell = transition(environment.contract, states[step.session], step.operation, requested)
        visit = Visit(step=step, cell=cell, valid=valid)
        yield visit
        refused = isinstance(step, ReturnItems) and "RET-03" in step.aims
        broken = isinstance(step, Update) and breaks_beyond_schema(step)
        repeated = isinstance(step, Update | Reopen) and "IDEM-01" in step.aims
        applied = not visit.dry and not refused and not broken and not repeated
        if valid and applied and cell.ruling is Ruling.ACCEPT:
            states[step.session] = cell.reaches


def is_valid(validator: Validator, body: Any) -> bool:
    """Lone surrogates cannot be validated; the bodies that hold them are well-formed else."""
    try:
        return validator.is_valid(body)
    except (UnicodeEncodeError, ValueError):
        return True


def requested_by(step: Step) -> SessionState | None:
    """The state that a valid update asks for."""
    if isinstance(step, Update) and "state" in step.body["customerSession"]:
        return SessionState(step.body["customerSession"]["state"])
    return None


def breaks_beyond_schema(step: Update) -> bool:
    """Whether a rule is broken that the schema cannot express."""
    return any(aim in ("COST-02", "ATTR-02", "ATTR-03", "CART-04", "DRY-04") for aim in step.aims)


def reads(scenario: Scenario) -> int:
    """How many steps are reads."""
    return sum(isinstance(step, Fetch) for step in scenario.steps)
