"""Which declared code a text names, worked out once for each text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ...contract import MAX_CODE_LENGTH, CodeCase, Environment, Redeemable
from ..model.codes import folded, trimmed
from ..of_environment import OfEnvironment


class Kind(StrEnum):
    """The two kinds of codes."""

    __hash__ = str.__hash__  # kinds are parts of keys, and the hash of enumerations is slow

    COUPON = "coupon"
    REFERRAL = "referral"


class Named(NamedTuple):
    """A declared code that a text names, or may name."""

    declared: Redeemable
    text: str
    """One text for all spellings of the code."""
    is_sure: bool
    """The code is surely meant."""


class DeclaredCodes:
    """The declared codes of an environment. What a text up to their length names is kept."""

    def __init__(self, environment: Environment) -> None:
        kinds: tuple[tuple[Kind, tuple[Redeemable, ...]], ...] = (
            (Kind.COUPON, environment.declared_coupons),
            (Kind.REFERRAL, environment.referrals),
        )
        self._is_sensitive = environment.code_case is CodeCase.SENSITIVE
        self._sure: Mapping[Kind, Callable[[str], Redeemable | None]] = {
            Kind.COUPON: environment.coupon,
            Kind.REFERRAL: environment.referral,
        }
        self._by_folded: Mapping[tuple[Kind, str], tuple[Redeemable, str]] = {
            (kind, folded(spelling)): (declared, spelling)
            for kind, codes in kinds
            for declared in codes
            for spelling in declared.spellings()
        }
        self._known = lru_cache(maxsize=2_000)(self._named)

    @property
    def are_any(self) -> bool:
        """Whether any code is declared."""
        return bool(self._by_folded)

    def named(self, kind: Kind, code: str) -> Named | None:
        """The declared code that a text names, or may name; None: no declared code is."""
        return (self._known if len(code) <= MAX_CODE_LENGTH else self._named)(kind, code)

    def _named(self, kind: Kind, code: str) -> Named | None:
        sure = self._sure[kind](code)
        found = self._by_folded.get((kind, folded(code)))
        if found is not None and (sure is None or found[0].code == sure.code):
            declared, spelling = found
            if sure is None and self._is_sensitive:
                # Whether blanks around a code count is open; its case is not.
                is_meant = trimmed(code) == trimmed(spelling)
                return Named(declared, spelling, is_sure=False) if is_meant else None
            return Named(declared, spelling, is_sure=sure is not None)
        return None if sure is None else Named(sure, code, is_sure=True)


declared_codes = OfEnvironment(DeclaredCodes)
"""The declared codes of an environment."""
