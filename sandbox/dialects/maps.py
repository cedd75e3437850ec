"""Defines dialects of maps: attributes, additional costs and their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import EXAMPLE_ENVIRONMENT
from ..calls import Refusal
from ..service import Service
from ..sessions import Session
from ..values import describe, is_number
from .dialect import VERSION_2_5_1, Area, dialect
from .formats import attributes_with, fits

_DEFAULT = "an optional member that is unset may show a default"


@dialect(Area.MAPS, "ATTR-01", "CART-12")
class HasBuiltInAttributes(Service):
    """Answers show built-in attributes of sessions and items, which no client sent."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        return {**shown, "attributes": {"builtIn": "yes", **(shown.get("attributes") or {})}}

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        return {**shown, "attributes": {"builtIn": 1, **(shown.get("attributes") or {})}}


@dialect(Area.MAPS, "ATTR-01", "MERGE-U1", source=_DEFAULT, decides=("unset attributes",))
class ShowsUnsetBooleans(Service):
    """A boolean attribute of a session that is not set is shown as false, as in proto3."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        unset = _defaults(self.environment.session_attributes, {"boolean": False})
        return {**shown, "attributes": {**unset, **(shown.get("attributes") or {})}}


@dialect(
    Area.MAPS,
    "ATTR-01",
    source=_DEFAULT,
    note="CART-12 read strictly, in the current version",
    versions=VERSION_2_5_1,
    decides=("unset attributes of items",),
)
class ShowsUnsetBooleansOfItems(Service):
    """A boolean attribute of an item that is not set is shown as false, as in proto3."""

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        unset = _defaults(self.environment.item_attributes, {"boolean": False})
        return {**shown, "attributes": {**unset, **(shown.get("attributes") or {})}}


@dialect(Area.MAPS, "ATTR-01", "MERGE-U1", source=_DEFAULT, decides=("unset attributes",))
class ShowsUnsetAttributesAsNull(Service):
    """A declared attribute of a session that is not set is shown as null."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        unset = dict.fromkeys(self.environment.session_attributes)
        return {**shown, "attributes": {**unset, **(shown.get("attributes") or {})}}


@dialect(Area.MAPS, "ATTR-01", "MERGE-U1", source=_DEFAULT, decides=("unset attributes",))
class ShowsUnsetAttributesAsEmpty(Service):
    """A declared attribute that is not set is shown as 0, false, an empty text or list."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        empty = {"boolean": False, "integer": 0, "number": 0, "string": "", "array": []}
        unset = _defaults(self.environment.session_attributes, empty)
        return {**shown, "attributes": {**unset, **(shown.get("attributes") or {})}}


def _defaults(
    attributes: Mapping[str, Mapping[str, Any]], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """The default of each attribute whose type is in ``defaults``, by name."""
    return {
        name: defaults[schema["type"]]
        for name, schema in attributes.items()
        if schema.get("type") in defaults
    }


@dialect(Area.MAPS, "MERGE-U1", source=_DEFAULT)
class ShowsUnsetCostsAsFree(Service):
    """An additional cost of a session that is not set is shown with the price 0."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        unset = {name: {"price": 0} for name in self.environment.session_costs}
        return {**shown, "additionalCosts": {**unset, **(shown.get("additionalCosts") or {})}}


@dialect(Area.MAPS, "MERGE-U1")
class ReplacesAttributes(Service):
    """Session attributes of an update replace all stored ones."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        return new if name == "attributes" else super().merged_value(name, old, new)


@dialect(Area.MAPS, "MERGE-U1")
class MergesCosts(Service):
    """Additional costs of an update are merged with the stored ones."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name == "additionalCosts" and isinstance(old, dict):
            return {**old, **new}
        return super().merged_value(name, old, new)


@dialect(Area.MAPS, "ATTR-03", decides=("types of attributes",))
class ChecksTypesOfAttributesOnly(Service):
    """Only the type of an attribute is checked against its declaration."""

    def check_attribute(
        self, name: str, value: Any, declared: Mapping[str, Any], pointer: str
    ) -> None:
        kinds = {**self.environment.session_attributes, **self.environment.item_attributes}
        expected = kinds.get(name, {}).get("type")
        fits_type = {
            "string": isinstance(value, str),
            "boolean": isinstance(value, bool),
            "integer": is_number(value),
            "number": is_number(value),
            "array": isinstance(value, list),
        }
        if not fits_type.get(str(expected), False):
            super().check_attribute(name, value, declared, pointer)


class _ChecksFormats(Service):
    """Refuses strings that do not have the format that their attribute declares."""

    def check_attribute(
        self, name: str, value: Any, declared: Mapping[str, Any], pointer: str
    ) -> None:
        super().check_attribute(name, value, declared, pointer)
        kinds = {**self.environment.session_attributes, **self.environment.item_attributes}
        text_format = kinds.get(name, {}).get("format")  # one that is built in has no declaration
        if text_format is not None and not fits(value, text_format):
            raise Refusal(
                400, f"the format {text_format} is expected, found {describe(value)}", pointer
            )


@dialect(Area.MAPS, "ATTR-03", session_attributes=attributes_with("date-time"))
class RefusesOtherTextsThanTimes(_ChecksFormats):
    """An attribute declared with the format date-time must be a time."""


@dialect(
    Area.MAPS,
    "ATTR-03",
    session_attributes=attributes_with("date"),
    item_attributes={
        **EXAMPLE_ENVIRONMENT.item_attributes,
        "bestBefore": {"type": "string", "format": "date"},
    },
)
class RefusesOtherTextsThanDates(_ChecksFormats):
    """An attribute declared with the format date must be a date."""


@dialect(
    Area.MAPS,
    "ATTR-03",
    session_attributes=attributes_with("uuid"),
    item_attributes={
        **EXAMPLE_ENVIRONMENT.item_attributes,
        "image": {"type": "string", "format": "uuid"},
    },
)
class RefusesOtherTextsThanUuids(_ChecksFormats):
    """An attribute declared with the format uuid must be a UUID."""


@dialect(Area.MAPS, "ATTR-03", session_attributes=attributes_with("email"))
class RefusesOtherTextsThanAddresses(_ChecksFormats):
    """An attribute declared with the format email must be an address."""


@dialect(Area.MAPS, "ATTR-U1")
class KnowsDeclaredAttributesOnly(Service):
    """An attribute is refused unless it is declared, whatever its name."""

    def is_built_in(self, name: str) -> bool:  # noqa: ARG002 - the dialect
        return False
