"""Seeds faults that only long or specific sequences of requests show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion, Environment
from ..calls import Refusal
from ..service import Service
from ..sessions import Session
from ..values import describe
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)


@fault(FaultClass.DEEP, Difficulty.HARD, "STATE-04", versions=_CURRENT_VERSION, operations=3)
class ClosesOnlyOnce(Service):
    """A session that was reopened cannot be closed again."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._reopened_ids: set[int] = set()

    def apply_reopen(self, stored: Session | None) -> Session:
        result = super().apply_reopen(stored)
        self._reopened_ids.add(result.internal_id)
        return result

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        target = super().target_state(stored, data)
        if stored is not None and stored.internal_id in self._reopened_ids and target == "closed":
            raise Refusal(
                400,
                f"session {stored.internal_id} cannot be closed again",
                "/customerSession/state",
            )
        return target


@fault(
    FaultClass.DEEP, Difficulty.HARD, "STATE-12", "MERGE-01", "MERGE-03", "STATE-15",
    versions=_CURRENT_VERSION,
)  # fmt: skip
class FreezesReopenedSessions(Service):
    """The cart of a session that was reopened can no longer be changed."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._frozen_ids: set[int] = set()

    def apply_reopen(self, stored: Session | None) -> Session:
        result = super().apply_reopen(stored)
        self._frozen_ids.add(result.internal_id)
        return result

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if session.internal_id in self._frozen_ids:
            data = {name: value for name, value in data.items() if name != "cartItems"}
        super().merge(session, data)


@fault(FaultClass.DEEP, Difficulty.HARD, "MERGE-01", operations=3)
class LosesIdentifiersOnTheThirdUpdate(Service):
    """From the third update on, identifiers that the update omits are lost."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if session.update_count >= 2:
            session.data.pop("identifiers", None)
        super().merge(session, data)


@fault(FaultClass.DEEP, Difficulty.HARD, "IDENT-07", "MERGE-03", "RESP-03", operations=4)
class IgnoresCouponsFromTheFourthUpdate(Service):
    """From the fourth update on, coupon codes are no longer stored."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if session.update_count >= 3:
            data = {name: value for name, value in data.items() if name != "couponCodes"}
        super().merge(session, data)


@fault(
    FaultClass.DEEP, Difficulty.HARD, "IDENT-01", "MERGE-01", "RESP-03", "IDENT-07", "PAR-02"
)  # fmt: skip
class SharesCouponsWithinAProfile(Service):
    """The coupon codes of a session are copied to the other open sessions of its profile."""

    def save(self, session_id: str, session: Session) -> None:
        super().save(session_id, session)
        profile = session.data.get("profileId")
        if not profile or not session.data.get("couponCodes"):
            return
        for other in self.store.sessions.values():
            if other.data.get("profileId") == profile and other.state == "open":
                other.data["couponCodes"] = session.data["couponCodes"]


@fault(
    FaultClass.DEEP, Difficulty.HARD, "IDENT-01", "RESP-03", "STATE-17", "PAR-02", "STATE-12"
)  # fmt: skip
class ClosesTheOtherSessionsOfAProfile(Service):
    """Closing a session of a profile closes its other open ones."""

    def settle_promotions(self, stored: Session | None, result: Session) -> None:
        super().settle_promotions(stored, result)
        profile = result.data.get("profileId")
        if profile and result.state == "closed":
            for other in self.store.sessions.values():
                if other.data.get("profileId") == profile and other.state == "open":
                    other.state = "closed"


@fault(
    FaultClass.DEEP, Difficulty.HARD, "STATE-01", "STATE-02", "IDENT-09", "IDENT-01", operations=3
)
class BarsProfilesAfterACancellation(Service):
    """A profile with a cancelled session cannot create another session."""

    def create_session(self, session_id: str, data: Mapping[str, Any]) -> Session:
        profile = data.get("profileId")
        if profile and any(
            session.state == "cancelled" and session.data.get("profileId") == profile
            for session in self.store.sessions.values()
        ):
            raise Refusal(400, f"the profile {describe(profile)} has a cancelled session")
        return super().create_session(session_id, data)


@fault(FaultClass.DEEP, Difficulty.HARD, "CART-10", "CART-11")
class SwapsItemsPast256(Service):
    """Items after the 256th are stored in reverse: the sort key is one byte."""

    def items(self, value: Any, pointer: str) -> list[dict[str, Any]]:
        items = super().items(value, pointer)
        return [*items[:256], *reversed(items[256:])]


@fault(FaultClass.DEEP, Difficulty.HARD, "CART-11")
class LosesNamesPast500(Service):
    """The names of items after the 500th are cut to two characters: the buffer is full."""

    def items(self, value: Any, pointer: str) -> list[dict[str, Any]]:
        items = super().items(value, pointer)
        for item in items[500:]:
            if "name" in item:
                item["name"] = item["name"][:2]
        return items


@fault(FaultClass.DEEP, Difficulty.MEDIUM, "MERGE-01", "IDENT-07", "RESP-03")
class DropsReferralsBesideCoupons(Service):
    """An update with coupon codes discards the referral code."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        super().merge(session, data)
        if data.get("couponCodes") and session.data.get("referralCode"):
            session.data["referralCode"] = ""


@fault(FaultClass.DEEP, Difficulty.MEDIUM, "CART-11", "MERGE-03", "CART-10", operations=2)
class IgnoresTheCartWhenClosing(Service):
    """An update that closes a session does not store the cart that it sends."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if session.update_count and data.get("state") == "closed":
            data = {name: value for name, value in data.items() if name != "cartItems"}
        super().merge(session, data)


@fault(FaultClass.DEEP, Difficulty.HARD, "MERGE-01", operations=2)
class EmptiesTheCartWhenTheProfileChanges(Service):
    """An update with another profile ID empties the cart."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        profile = session.data.get("profileId")
        super().merge(session, data)
        if profile and data.get("profileId") not in (None, profile) and "cartItems" not in data:
            session.data["cartItems"] = []
            session.returned_units = []


@fault(FaultClass.DEEP, Difficulty.HARD, "RESP-07", operations=5)
class StopsTheClockBackwards(Service):
    """From the fifth update on, the time of the last update is the time of creation."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        result = super().apply_update(stored, session_id, data)
        if result.update_count >= 5:
            result.updated = result.created
        return result


@fault(FaultClass.DEEP, Difficulty.HARD, "MERGE-01", "MERGE-04", "RESP-03", operations=2)
class ForgetsCostsWhenRepeated(Service):
    """An update that sends the stored cart again discards the additional costs of the session."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        is_repeated = "cartItems" in data and data["cartItems"] == session.data.get("cartItems")
        super().merge(session, data)
        if is_repeated and "additionalCosts" not in data:
            session.data.pop("additionalCosts", None)
