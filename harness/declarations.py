"""Gives each declared attribute and cost of an environment a value that a target must take."""

from __future__ import annotations

from ..contract import Environment
from ..strategies import Samples
from .declared_values import Declared, DeclaredKind


def declared_by(environment: Environment) -> tuple[Declared, ...]:
    """Everything that ``environment`` declares and a session can hold, each with a plain value.

    Raises:
        ConfigurationError: no value was found that fits an attribute.
    """
    samples = Samples(environment)
    held = {
        DeclaredKind.SESSION_ATTRIBUTE: samples.session_attributes(),
        DeclaredKind.ITEM_ATTRIBUTE: samples.item_attributes(),
        DeclaredKind.SESSION_COST: samples.session_costs(),
        DeclaredKind.ITEM_COST: samples.item_costs(),
    }
    return tuple(
        Declared(kind, name, value)
        for kind, values in held.items()
        for name, value in values.items()
    )
