"""The independent targets, set up as an environment says. The targets know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from cartfuzz.contract import ContractVersion, Environment

from .document_store import server as document_store
from .document_store.application import Application
from .relational import server as relational
from .relational.configuration import Bug, Configuration

API_KEY = "key-of-the-independent-targets"


def _type_of(schema: Mapping[str, object]) -> str:
    """The attribute type that a schema of the tests comes to."""
    if schema["type"] == "array":
        items = schema["items"]
        assert isinstance(items, dict)
        return f"(list {_type_of(items)})"
    return "time" if schema.get("format") == "date-time" else str(schema["type"])


def _types_of(declared: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    return {name: _type_of(schema) for name, schema in declared.items()}


def serve_document_store(environment: Environment) -> AbstractContextManager[str]:
    """The target in memory; the URL that it is served on."""
    return document_store.serving(
        Application(
            api_key=API_KEY,
            contract=environment.contract.value,
            flattening=environment.flattening,
            session_attributes={**_types_of(environment.session_attributes)},
            item_attributes={**_types_of(environment.item_attributes)},
            costs={name: scope.value for name, scope in environment.additional_costs.items()},
            coupons=dict(environment.coupon_limits),
        )
    )


def serve_relational(
    environment: Environment, bug: Bug | None = None
) -> AbstractContextManager[str]:
    """The target on SQLite; the URL that it is served on."""
    return relational.serving(
        Configuration(
            secret=API_KEY,
            newest=environment.contract is ContractVersion.CURRENT,
            flattening=environment.flattening,
            session_attributes=_types_of(environment.session_attributes),
            item_attributes=_types_of(environment.item_attributes),
            costs=frozenset(environment.additional_costs),
            coupon_limits=environment.coupon_limits,
            bug=bug,
        )
    )


INDEPENDENT: Mapping[str, Callable[[Environment], AbstractContextManager[str]]] = {
    "document store": serve_document_store,
    "relational": serve_relational,
}
"""By name, the targets that break no rule."""
