"""Defines dialects of codes, cards, campaigns and stores that the application may not know."""

from __future__ import annotations

from typing import Any

from ...contract import CodeCase, Redeemable, UnknownCodes
from ..calls import Refusal
from ..promotions import Outcome
from ..service import Service
from ..sessions import Effect, Session
from ..values import describe
from .dialect import CURRENT_VERSION, Area, dialect

_KEPT = "IDENT-07 read strictly"
_UNKNOWN_CODES = ("unknown codes",)
_CASE = ("case of codes",)
_BLANKS = ("blanks around codes",)


@dialect(Area.CODES, "IDENT-U4", decides=_UNKNOWN_CODES, unknown_codes=UnknownCodes.UNSPECIFIED)
class RefusesUnknownCodes(Service):
    """Codes and cards that no campaign knows are refused, where the environment leaves it open."""

    def check_known_code(self, code: str, pointer: str) -> None:
        if not self.is_known_code(code, pointer):
            raise Refusal(400, f"no campaign knows the code {describe(code)}", pointer)

    def check_texts(self, name: str, value: Any, pointer: str) -> None:
        super().check_texts(name, value, pointer)
        if name == "loyaltyCards" and value:
            raise Refusal(400, f"no such card: {describe(value[0])}", pointer)


class _DropsCodes(Service):
    """Codes that no campaign has are rejected by the answer to the request, and not kept."""

    def show_outcome(self, result: Session, outcome: Outcome) -> None:
        super().show_outcome(result, outcome)
        self.drop(result.data)
        kept = (one for one in result.valid_effects if not self.is_dropped(one))
        result.valid_effects = tuple(kept)

    def drop(self, data: dict[str, Any]) -> None:
        """Takes unknown codes out of the fields of a session."""

    def is_dropped(self, effect: Effect) -> bool:  # noqa: ARG002 - dialects need it
        """Whether an effect rejects a code that is not kept."""
        return False

    def is_known(self, code: str) -> bool:
        """Whether a campaign has the code, with or without the blanks around it."""
        finds = (self.declared_coupon, self.declared_referral)
        return any(find(text) for find in finds for text in (code, code.strip()))


@dialect(
    Area.CODES,
    "IDENT-U4",
    note=_KEPT,
    unknown_codes=UnknownCodes.UNSPECIFIED,
)
class DropsUnknownCoupons(_DropsCodes):
    """An unknown coupon code is accepted and rejected by an effect, and the session lacks it."""

    def drop(self, data: dict[str, Any]) -> None:
        super().drop(data)
        if "couponCodes" in data:
            data["couponCodes"] = [code for code in data["couponCodes"] if self.is_known(code)]

    def is_dropped(self, effect: Effect) -> bool:
        is_coupon = effect["effectType"] == "rejectCoupon"
        is_unknown = is_coupon and not self.is_known(effect["props"]["value"])
        return is_unknown or super().is_dropped(effect)


@dialect(Area.CODES, "IDENT-U4", note=_KEPT, unknown_codes=UnknownCodes.UNSPECIFIED)
class DropsUnknownCards(Service):
    """An unknown loyalty card is accepted and not kept."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return [] if name == "loyaltyCards" else value


@dialect(Area.CODES, "IDENT-U4", unknown_codes=UnknownCodes.UNSPECIFIED)
class DropsUnknownReferrals(_DropsCodes):
    """An unknown referral code is accepted and rejected by an effect, and the session lacks it."""

    def drop(self, data: dict[str, Any]) -> None:
        super().drop(data)
        if data.get("referralCode") and not self.is_known(data["referralCode"]):
            data["referralCode"] = ""

    def is_dropped(self, effect: Effect) -> bool:
        is_referral = effect["effectType"] == "rejectReferral"
        is_unknown = is_referral and not self.is_known(effect["props"]["value"])
        return is_unknown or super().is_dropped(effect)


class _ChangesCodes(Service):
    """Keeps another spelling of each coupon and referral code than the one sent."""

    def kept_code(self, code: str) -> str:
        """``code`` as it is kept and shown."""
        return code

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        if name == "couponCodes":
            return [self.kept_code(code) for code in value]
        return self.kept_code(value) if name == "referralCode" else value


@dialect(
    Area.CODES,
    "IDENT-U4",
    source="the application ignores the case of codes and keeps them in capitals",
    note=_KEPT,
    decides=_CASE,
    code_case=CodeCase.UNSPECIFIED,
)
class KeepsCodesInCapitals(_ChangesCodes):
    """Coupon and referral codes are kept and shown in capitals."""

    def kept_code(self, code: str) -> str:
        return super().kept_code(code).upper()


@dialect(
    Area.CODES,
    "IDENT-U4",
    source="no text speaks of the blanks around a code",
    note=_KEPT,
    decides=_BLANKS,
)
class TrimsCodes(_ChangesCodes):
    """Blanks around coupon and referral codes are not kept."""

    def kept_code(self, code: str) -> str:
        return super().kept_code(code).strip()


@dialect(
    Area.CODES, "COUP-10", source="no text speaks of the blanks around a code", decides=_BLANKS
)
class TrimsCodesForCampaigns(Service):
    """Blanks around a code do not matter to campaigns; the session shows them, effects do not."""

    def coupon_codes(self, session: Session) -> tuple[str, ...]:
        codes = super().coupon_codes(session)
        return tuple(self.distinct_codes(code.strip() for code in codes))

    def referral_codes(self, session: Session) -> tuple[str, ...]:
        return tuple(code.strip() for code in super().referral_codes(session))


@dialect(Area.CODES, "COUP-10", decides=_CASE, code_case=CodeCase.SENSITIVE)
class HeedsTheCaseOfCodes(Service):
    """The case of codes matters: in another case they are codes that no campaign has."""


@dialect(Area.CODES, "COUP-10", decides=_CASE, code_case=CodeCase.UPPER)
class OverlooksTheCaseOfCodes(Service):
    """The case of codes does not matter; session and effects show them as they were sent."""


@dialect(Area.CODES, "COUP-10", note=_KEPT, decides=_CASE, code_case=CodeCase.LOWER)
class KeepsCodesInLowerCase(_ChangesCodes):
    """The case of codes does not matter; session and effects show them in lower case."""

    def kept_code(self, code: str) -> str:
        return super().kept_code(code).lower()


@dialect(Area.CODES, "COUP-10", "EFF-04", decides=_CASE, code_case=CodeCase.UPPER)
class EffectsNameCodesInCapitals(Service):
    """The case of codes does not matter; effects show them in capitals, the session as sent."""

    def accept_effect(self, declared: Redeemable, code: str) -> Effect:
        return super().accept_effect(declared, code.upper())

    def reject_effect(self, declared: Redeemable, code: str, reason: str) -> Effect:
        return super().reject_effect(declared, code.upper(), reason)


@dialect(Area.CODES, "IDENT-U4", source="campaigns are configured", versions=CURRENT_VERSION)
class RefusesUnknownCampaigns(Service):
    """Unknown campaigns in evaluableCampaignIds are refused."""

    def field(self, name: str, value: Any) -> Any:
        stored = super().field(name, value)
        if name == "evaluableCampaignIds" and stored != []:
            raise Refusal(
                400, f"no such campaign in {describe(stored)}", f"/customerSession/{name}"
            )
        return stored


@dialect(
    Area.CODES,
    "IDENT-10",
    source="an unknown store is silent",
    versions=CURRENT_VERSION,
    decides=("unknown stores",),
)
class RefusesUnknownStores(Service):
    """A store that nobody has configured is refused."""

    def check_store(self, value: Any, pointer: str) -> None:
        super().check_store(value, pointer)
        raise Refusal(400, f"no such store: {describe(value)}", pointer)


@dialect(
    Area.CODES,
    "IDENT-10",
    source="an unknown store is silent",
    versions=CURRENT_VERSION,
    decides=("unknown stores",),
)
class DropsUnknownStores(Service):
    """A store that nobody has configured is accepted and not kept."""

    def parse_session(self, body: Any) -> dict[str, Any]:
        data = super().parse_session(body)
        data.pop("storeIntegrationId", None)
        return data


@dialect(Area.CODES, "MERGE-U4", decides=("duplicates",))
class DropsDuplicates(Service):
    """Duplicates in a list of strings are stored once."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        if name in ("couponCodes", "identifiers", "loyaltyCards"):
            return list(dict.fromkeys(value))
        return value


@dialect(Area.CODES, "MERGE-U4", "IDENT-U4", "IDENT-U2", decides=("duplicates",))
class RefusesOddLists(Service):
    """Lists with duplicates, empty or very long strings, or very many members are refused."""

    def check_texts(self, name: str, value: Any, pointer: str) -> None:
        super().check_texts(name, value, pointer)
        most = {"identifiers": 5, "loyaltyCards": 1}.get(name, 1000)
        if len(set(value)) < len(value) or "" in value or len(value) > most:
            raise Refusal(
                400, f"{name} has duplicates, empty or too many members: {len(value)}", pointer
            )
        if name == "couponCodes" and any(len(code) > 100 for code in value):
            raise Refusal(400, f"a coupon code is too long: {max(map(len, value))}", pointer)


@dialect(Area.CODES, "IDENT-U6", versions=CURRENT_VERSION, decides=("experiments",))
class RefusesUnknownExperiments(Service):
    """Experiments that do not exist are refused: there is none."""

    def check_experiments(self, value: Any, pointer: str) -> None:
        super().check_experiments(value, pointer)
        if value:
            raise Refusal(400, f"no experiment exists here: {describe(value)}", pointer)


@dialect(Area.CODES, "IDENT-U6", versions=CURRENT_VERSION, decides=("experiments",))
class IgnoresUnknownExperiments(Service):
    """Experiments that do not exist are taken and not kept."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return [] if name == "experimentVariantAllocations" else value
