"""Defines dialects of codes, cards, campaigns and stores that the application may not know."""

from __future__ import annotations

from typing import Any

from ...contract import CodeCase, Redeemable, UnknownCodes
from ..calls import Refusal
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


@dialect(
    Area.CODES,
    "IDENT-U4",
    note=_KEPT,
    unknown_codes=UnknownCodes.UNSPECIFIED,
)
class DropsUnknownCoupons(Service):
    """An unknown coupon code is accepted and rejected by an effect, and the session lacks it."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        if shown.get("couponCodes"):
            known = self.environment.coupon
            shown["couponCodes"] = [code for code in shown["couponCodes"] if known(code)]
        return shown


@dialect(Area.CODES, "IDENT-U4", note=_KEPT, unknown_codes=UnknownCodes.UNSPECIFIED)
class DropsUnknownCards(Service):
    """An unknown loyalty card is accepted and not kept."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return [] if name == "loyaltyCards" else value


@dialect(Area.CODES, "IDENT-U4", unknown_codes=UnknownCodes.UNSPECIFIED)
class DropsUnknownReferrals(Service):
    """An unknown referral code is accepted and not kept; the session shows an empty one."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        code = shown.get("referralCode")
        if code and self.environment.referral(code) is None:
            shown["referralCode"] = ""
        return shown


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
