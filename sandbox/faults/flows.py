"""Seeds faults of whole shop flows: what one session does to another of its profile, or again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...contract import ContractVersion, Environment
from ..calls import Refusal
from ..service import Service
from ..sessions import Session
from ..values import describe
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_IP_ADDRESS = re.compile(r"(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}")


class _Profiles(Service):
    """Looks at the other sessions of a profile."""

    def other_sessions(self, session: Session, *states: str) -> Iterator[Session]:
        """The sessions in ``states`` that share the profile of ``session``; none without one."""
        profile = session.data.get("profileId")
        for other in self.store.sessions.values() if profile else ():
            if (
                other.internal_id != session.internal_id
                and other.state in states
                and other.data.get("profileId") == profile
            ):
                yield other


class _SignIn(_Profiles):
    """Does something when a stored session gets another profile."""

    def save(self, session_id: str, session: Session) -> None:
        stored = self.load(session_id)
        super().save(session_id, session)
        before = stored.data.get("profileId") if stored is not None else None
        if stored is None or before == session.data.get("profileId"):
            return
        for other in self.other_sessions(session, "open"):
            self.join(session, other)

    def join(self, guest: Session, account: Session) -> None:
        """What becomes of a session that signed in and of another open one of the profile."""
        raise NotImplementedError(f"{type(self).__name__} must define join()")

    def put_items(self, session: Session, items: list[dict[str, Any]]) -> None:
        """Replaces the cart of ``session``."""
        session.data["cartItems"] = items
        session.returned_units = [0] * len(items)


@fault(FaultClass.FLOWS, Difficulty.HARD, "RESP-03", "MERGE-01", "IDENT-01", operations=3)
class AddsTheOpenCartAtSignIn(_SignIn):
    """A guest who signs in also gets the items of the other open session of the profile."""

    def join(self, guest: Session, account: Session) -> None:
        both = [*guest.data.get("cartItems", ()), *account.data.get("cartItems", ())]
        self.put_items(guest, both)


@fault(FaultClass.FLOWS, Difficulty.HARD, "RESP-03", "IDENT-01", "MERGE-01", operations=4)
class ReplacesTheOpenCartAtSignIn(_SignIn):
    """The cart of a guest who signs in replaces that of the profile's other open session."""

    def join(self, guest: Session, account: Session) -> None:
        self.put_items(account, list(guest.data.get("cartItems", ())))


@fault(FaultClass.FLOWS, Difficulty.HARD, "RESP-03", "IDENT-01", "MERGE-01", operations=3)
class EmptiesAbandonedCarts(_Profiles):
    """Closing a session empties the carts of the other open sessions of its profile."""

    def save(self, session_id: str, session: Session) -> None:
        stored = self.load(session_id)
        super().save(session_id, session)
        if self.is_closing(stored, session):
            for other in self.other_sessions(session, "open"):
                other.data["cartItems"] = []
                other.returned_units = []


@fault(FaultClass.FLOWS, Difficulty.HARD, "RESP-03", "MERGE-03", "CART-11", "RESP-07", operations=4)
class CachesReadsBySku(Service):
    """A read is cached until something other than the quantities of its items changes."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._reads: dict[int, tuple[object, dict[str, Any]]] = {}

    def read_content(self, session: Session) -> dict[str, Any]:
        items = session.data.get("cartItems", [])
        rest = {name: value for name, value in session.data.items() if name != "cartItems"}
        key = (session.state, session.returned_units, [item["sku"] for item in items], rest)
        known, content = self._reads.get(session.internal_id, (None, {}))
        if known != key:
            content = super().read_content(session)
            self._reads[session.internal_id] = (key, content)
        return content


@fault(FaultClass.FLOWS, Difficulty.HARD, "MERGE-03", "RESP-03", "CART-11", operations=3)
class TakesEarlierCartsForRetries(Service):
    """An update with a cart that the session held before the last one is taken for a late retry."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._carts: dict[int, list[Any]] = {}

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        earlier = self._carts.setdefault(session.internal_id, [])
        if data.get("cartItems") and data["cartItems"] in earlier[:-1]:
            data = {name: value for name, value in data.items() if name != "cartItems"}
        elif data.get("cartItems"):
            earlier.append(data["cartItems"])
        super().merge(session, data)


@fault(FaultClass.FLOWS, Difficulty.HARD, "STATE-04", "STATE-02", operations=5)
class RefusesCancelledOrdersAgain(_Profiles):
    """A check for double orders counts cancelled ones: the same cart cannot be closed again."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        target = super().target_state(stored, data)
        if stored is None or stored.state != "open" or target != "closed":
            return target
        cart = data.get("cartItems", stored.data.get("cartItems"))
        if cart and any(
            other.data.get("cartItems") == cart
            for other in self.other_sessions(stored, "cancelled")
        ):
            raise Refusal(
                400,
                f"{describe(stored.integration_id)} repeats an order of its profile",
                "/customerSession/cartItems",
            )
        return target


@fault(FaultClass.FLOWS, Difficulty.HARD, "IDENT-07", "RESP-03", "MERGE-03", operations=3)
class KeepsCodesOfCancelledOrders(_Profiles):
    """The coupon codes of a cancelled order stay spent: new sessions of its profile drop them."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        super().merge(session, data)
        spent = {
            code
            for other in self.other_sessions(session, "cancelled")
            for code in other.data.get("couponCodes", ())
        }
        if "couponCodes" in data:
            kept = [code for code in data["couponCodes"] if code not in spent]
            session.data["couponCodes"] = kept


@fault(FaultClass.FLOWS, Difficulty.HARD, "RET-01", "RET-02", operations=4)
class CountsReturnsByProfile(_Profiles):
    """Returned units are counted by profile and position, not by session."""

    def remaining_units(self, session: Session, position: int) -> int:
        remaining = super().remaining_units(session, position)
        for other in self.other_sessions(session, "partially_returned"):
            if position < len(other.returned_units):
                remaining -= other.returned_units[position]
        return remaining


@fault(
    FaultClass.FLOWS, Difficulty.HARD, "MERGE-01", "STATE-15", "RESP-03", "STATE-04",
    versions=_CURRENT_VERSION, operations=6,
)  # fmt: skip
class RestoresTheFirstOrder(Service):
    """A reopened session gets the cart of its first closing back when it is closed again."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._orders: dict[int, list[dict[str, Any]]] = {}

    def save(self, session_id: str, session: Session) -> None:
        if session.state == "closed":
            cart = list(session.data.get("cartItems", ()))
            first = self._orders.setdefault(session.internal_id, cart)
            session.data["cartItems"] = first
            session.returned_units = [0] * len(first)
        super().save(session_id, session)


@fault(FaultClass.FLOWS, Difficulty.HARD, "IDENT-07", "RESP-03")
class MasksIpAddresses(Service):
    """For privacy the last number of an IP address among the identifiers becomes 0."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        if name != "identifiers":
            return value
        return [f"{m[1]}.0" if (m := _IP_ADDRESS.fullmatch(text)) else text for text in value]
