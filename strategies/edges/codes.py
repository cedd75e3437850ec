"""Codes, identifiers, cards, stores and long session IDs: at, under and over each limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.identifiers import session_id_of_length
from ..values.samples import Samples

Json = dict[str, Any]

_FILLERS = (("ASCII", "r"), ("accented", "é"), ("astral", "😀"))
_UNKNOWN = ("IDENT-U4",)


def _text(length: int, filler: str) -> str:
    """``length`` code points, unique to the execution."""
    return (MARK + filler * length)[:length]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """The limits that the version documents, from both sides, and codes of either sort."""
    yield from _referrals(samples)
    yield from _coupons(samples)
    yield _identifiers(samples)
    yield from _cards(samples)
    yield from _stores(samples)
    yield from _profiles(samples)
    yield from _session_ids(samples)


def _referrals(samples: Samples) -> Iterator[Scenario]:
    limit = samples.environment.limits.referral_code
    for name, filler in _FILLERS:
        tale = ScenarioBuilder(f"referral codes around {limit} characters, {name}", *_three())
        for at, length in enumerate((limit - 1, limit, limit + 1)):
            known = length > limit or samples.codes_are_free
            aims = ("IDENT-06",) if known else ("IDENT-06", "IDENT-U4")
            tale.put({"referralCode": _text(length, filler)}, *aims, at=at).get(*aims, at=at)
        # Refused on a session that holds one: the former code stays.
        tale.put({"referralCode": _text(limit + 1, filler)}, "IDENT-06", "ERR-06").get("ERR-06")
        yield tale.scenario()


def _three() -> tuple[str, ...]:
    return tuple(f"limit{number}-{MARK}" for number in range(3))


def _coupons(samples: Samples) -> Iterator[Scenario]:
    limit = samples.environment.limits.coupon_code
    free = samples.codes_are_free
    over = "IDENT-U2" if limit is None else "IDENT-05"
    at_limit = ("IDENT-05",) if limit is not None else ("IDENT-07",)
    for name, filler in _FILLERS:
        tale = ScenarioBuilder(f"coupon codes around 100 characters, {name}", *_three())
        for at, length in enumerate((99, 100, 101)):
            aims = (over,) if length > 100 else (at_limit if free else _UNKNOWN)
            tale.put({"couponCodes": [_text(length, filler)]}, *aims, at=at).get(*aims, at=at)
        yield tale.scenario()
    if samples.known_coupons:
        tale = ScenarioBuilder("known coupons")
        for code in samples.known_coupons:
            tale.put({"couponCodes": [code]}, "IDENT-07").get("IDENT-07")
        tale.put({"couponCodes": []}, "MERGE-02").get("MERGE-02")
        yield tale.scenario()
    tale = ScenarioBuilder("codes that nobody knows")
    aims = ("IDENT-07",) if free else _UNKNOWN
    codes = [f"Zeta-{MARK}", f"alpha-{MARK}", f"MID-{MARK}"]
    tale.put({"couponCodes": codes}, *aims).get(*aims)
    tale.put({"couponCodes": codes[::-1]}, *aims, "MERGE-03").get(*aims)
    tale.put({"couponCodes": codes[:1]}, *aims, "MERGE-03").get(*aims)
    yield tale.scenario()


def _identifiers(samples: Samples) -> Scenario:
    limit = samples.environment.limits.identifiers
    sizes = (0, 1, 4, 5, 6, 20)
    tale = ScenarioBuilder("numbers of identifiers", *(f"ids{size}-{MARK}" for size in sizes))
    for at, size in enumerate(sizes):
        aims = (("IDENT-U2",) if size > 5 else ("IDENT-07",)) if limit is None else ("IDENT-03",)
        tale.put({"identifiers": samples.identifiers(count=size)}, *aims, at=at).get(*aims, at=at)
    return tale.scenario()


def _cards(samples: Samples) -> Iterator[Scenario]:
    limited = samples.environment.limits.loyalty_cards is not None
    for count in (1, 2, 3):
        cards = [f"CARD{number}-{MARK}" for number in range(count, 0, -1)]
        if limited:
            aims = (
                ("IDENT-04",) if count > 1 or samples.codes_are_free else ("IDENT-04", "IDENT-U4")
            )
        else:
            aims = ("IDENT-U2",) if count > 1 else ("IDENT-07", "IDENT-U4")
        tale = ScenarioBuilder(f"{count} loyalty cards", f"new-{MARK}", f"old-{MARK}")
        tale.put({"loyaltyCards": cards}, *aims).get(*aims)
        tale.put(samples.session(), "STATE-01", at=1)
        tale.put({"loyaltyCards": cards}, *aims, at=1).get(*aims, at=1)
        yield tale.scenario()


def _stores(samples: Samples) -> Iterator[Scenario]:
    limit = samples.environment.limits.store_integration_id
    if limit is None:
        return
    for name, filler in _FILLERS:
        tale = ScenarioBuilder(f"store IDs around their limits, {name}")
        for length in (1, limit, limit + 1):
            tale.put({"storeIntegrationId": filler * length}, "IDENT-10").get("IDENT-10")
        yield tale.scenario()
    yield (
        ScenarioBuilder("empty store ID")
        .put({"storeIntegrationId": ""}, "IDENT-10")
        .get()
        .scenario()
    )


def _profiles(samples: Samples) -> Iterator[Scenario]:
    tale = ScenarioBuilder("anonymous sessions", f"one-{MARK}", f"two-{MARK}")
    for at in (0, 1):
        tale.put({"profileId": "", "cartItems": samples.cart(1)}, "IDENT-08", at=at)
        tale.get("IDENT-08", at=at)
        tale.put({"state": "closed"}, "IDENT-08", at=at).get("IDENT-08", at=at)
    yield tale.scenario()
    tale = ScenarioBuilder("a session changes its profile")
    tale.put(samples.session(), "IDENT-09").put({"profileId": samples.profile(7)}, "IDENT-09")
    tale.get("MERGE-01").put({"profileId": ""}, "IDENT-08").get("IDENT-08")
    yield tale.scenario()


def _session_ids(samples: Samples) -> Iterator[Scenario]:
    for length in (64, 65, 128, 255, 256, 257, 512, 999, 1_000):
        tale = ScenarioBuilder(f"session ID of {length} characters", session_id_of_length(length))
        tale.put(samples.session(), "IDENT-01").get("IDENT-01", "IDENT-02")
        yield tale.scenario()
    for filler in ("é", "日"):
        tale = ScenarioBuilder(
            f"session ID of 500 {filler}", session_id_of_length(500, filler=filler)
        )
        yield tale.put(samples.session(), "IDENT-01").get("IDENT-02").scenario()
    for length in (1_001, 1_500):
        tale = ScenarioBuilder(f"session ID of {length} characters", session_id_of_length(length))
        yield tale.put(samples.session(), "IDENT-U1").get("IDENT-U1").scenario()
