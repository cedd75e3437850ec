"""Seeds faults that fold, cut or change session IDs and other names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ...contract import CodeCase
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault


@fault(FaultClass.IDENTITY, Difficulty.EASY, "IDENT-01", "IDENT-02", operations=2)
class FoldsTheCaseOfIds(Service):
    """Sessions are looked up in lower case, as some collations do."""

    def storage_key(self, session_id: str) -> str:
        return super().storage_key(session_id).lower()


@fault(FaultClass.IDENTITY, Difficulty.EASY, "IDENT-02", "IDENT-01", operations=2)
class DecodesIdsTwice(Service):
    """The session ID is percent-decoded twice: by the router and by the handler."""

    def session_id(self, segment: bytes) -> str:
        return unquote(super().session_id(segment), errors="surrogateescape")


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-01", "IDENT-02", operations=2)
class ComposesIds(Service):
    """Sessions are looked up by the NFC normal form of their ID."""

    def storage_key(self, session_id: str) -> str:
        return unicodedata.normalize("NFC", super().storage_key(session_id))


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-01", "IDENT-02", operations=2)
class FoldsCompatibleCharacters(Service):
    """Sessions are looked up by the NFKC normal form of their ID: full-width letters are plain."""

    def storage_key(self, session_id: str) -> str:
        return unicodedata.normalize("NFKC", super().storage_key(session_id))


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-01", "IDENT-02", operations=2)
class CutsIdsAt64(Service):
    """The column for session IDs holds 64 characters, and the database cuts silently."""

    def storage_key(self, session_id: str) -> str:
        return super().storage_key(session_id)[:64]


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-01", "IDENT-02")
class CutsIdsAt255(Service):
    """The column for session IDs holds 255 characters, and the database cuts silently."""

    def session_id(self, segment: bytes) -> str:
        return super().session_id(segment)[:255]


@fault(FaultClass.IDENTITY, Difficulty.EASY, "IDENT-02", "IDENT-01", operations=2)
class TrimsIds(Service):
    """Whitespace around a session ID is removed."""

    def session_id(self, segment: bytes) -> str:
        return super().session_id(segment).strip()


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-01", "IDENT-02", operations=2)
class IgnoresBlanksAtTheEnd(Service):
    """Blanks at the end of a session ID are ignored, as in padded columns."""

    def storage_key(self, session_id: str) -> str:
        return super().storage_key(session_id).rstrip(" ")


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-02", "IDENT-01")
class CutsIdsAtASlash(Service):
    """The session ID is cut at an encoded slash."""

    def session_id(self, segment: bytes) -> str:
        head, _, _ = super().session_id(segment).partition("/")
        return head


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-02", "IDENT-01", operations=2)
class CutsIdsAtNul(Service):
    """The session ID is cut at a NUL character, as in C."""

    def session_id(self, segment: bytes) -> str:
        head, _, _ = super().session_id(segment).partition("\x00")
        return head


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-02", "IDENT-01")
class LosesAstralCharacters(Service):
    """Characters beyond U+FFFF become question marks, as in three-byte UTF-8."""

    def session_id(self, segment: bytes) -> str:
        return "".join(c if c <= "\uffff" else "?" for c in super().session_id(segment))


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-01", "IDENT-02", operations=2)
class DropsADotAtTheEnd(Service):
    """A dot at the end of a session ID is ignored, as in host names."""

    def storage_key(self, session_id: str) -> str:
        return super().storage_key(session_id).removesuffix(".")


@fault(FaultClass.IDENTITY, Difficulty.EASY, "IDENT-02", "IDENT-01", operations=2)
class ReadsPlusAsBlank(Service):
    """A plus in the path is read as a blank, as in forms."""

    def session_id(self, segment: bytes) -> str:
        return super().session_id(segment).replace("+", " ")


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-02")
class ShowsIdsInLowerCase(Service):
    """Answers show the session ID in lower case."""

    def shown_id(self, integration_id: str) -> str:
        return super().shown_id(integration_id).lower()


@fault(FaultClass.IDENTITY, Difficulty.HARD, "IDENT-02")
class ShowsIdsComposed(Service):
    """Answers show the session ID in NFC normal form."""

    def shown_id(self, integration_id: str) -> str:
        return unicodedata.normalize("NFC", super().shown_id(integration_id))


@fault(FaultClass.IDENTITY, Difficulty.EASY, "IDENT-07", "MERGE-03", "CART-10")
class SortsIdentifiers(Service):
    """Identifiers are stored in sorted order."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return sorted(value) if name == "identifiers" else value


@fault(FaultClass.IDENTITY, Difficulty.EASY, "IDENT-07")
class LowersIdentifiers(Service):
    """Identifiers are stored in lower case."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return [text.lower() for text in value] if name == "identifiers" else value


@fault(FaultClass.IDENTITY, Difficulty.EASY, "IDENT-07", code_case=CodeCase.SENSITIVE)
class RaisesCouponCodes(Service):
    """Coupon codes are stored in upper case, though the application tells them apart by case."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return [text.upper() for text in value] if name == "couponCodes" else value


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-07")
class RemovesBlanksFromCouponCodes(Service):
    """Whitespace in coupon codes is removed, inside as well."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return ["".join(text.split()) for text in value] if name == "couponCodes" else value


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-09", "RESP-03")
class LowersProfiles(Service):
    """Profile IDs are stored in lower case."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return value.lower() if name == "profileId" else value


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "CART-11", "CART-10")
class TrimsSkus(Service):
    """Whitespace around SKUs is removed."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        return {**item, "sku": item["sku"].strip()}


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-07")
class CutsCards(Service):
    """Loyalty cards are cut to 20 characters."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return [text[:20] for text in value] if name == "loyaltyCards" else value


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-08")
class TakesAnonymityForAProfile(Service):
    """The empty profile ID is handled as a profile: only its first session is a first session."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        super().merge(session, data)
        if session.data.get("profileId", "") == "":
            session.is_first_session = session.internal_id == 1


@fault(FaultClass.IDENTITY, Difficulty.MEDIUM, "IDENT-08", "MERGE-02", "MERGE-01", operations=2)
class IgnoresTheEmptyProfile(Service):
    """An empty profile ID is ignored: a session cannot become anonymous again."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        super().merge(session, {n: v for n, v in data.items() if (n, v) != ("profileId", "")})
