"""Codes, identifiers, cards, stores, profiles and long session IDs around their limits."""

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
_CODE_FIELDS = ("couponCodes", "referralCode", "loyaltyCards")


def _text(length: int, filler: str) -> str:
    """A text of ``length`` code points that is unique to the execution."""
    return (MARK + filler * length)[:length]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Lengths and numbers on both sides of each limit, and known and unknown codes."""
    yield from _referrals(samples)
    yield from _coupons(samples)
    if not samples.unknown_codes_accepted:
        for field in _CODE_FIELDS:
            yield from _one_unknown_code(field, samples)
        yield _unknown_codes_of_two_sessions(samples)
    yield _identifiers(samples)
    yield from _cards(samples)
    yield from _stores(samples)
    yield from _profiles(samples)
    yield from _session_ids(samples)


def _referrals(samples: Samples) -> Iterator[Scenario]:
    limit = samples.environment.limits.referral_code
    for name, filler in _FILLERS:
        builder = ScenarioBuilder(f"referral codes around {limit} characters, {name}", *_three())
        for index, length in enumerate((limit - 1, limit, limit + 1)):
            known = length > limit or samples.unknown_codes_accepted
            aims = ("IDENT-06",) if known else ("IDENT-06", "IDENT-U4")
            builder.update({"referralCode": _text(length, filler)}, *aims, session_index=index).get(
                *aims, session_index=index
            )
        # Refused on a session with a referral code: that code stays.
        builder.update({"referralCode": _text(limit + 1, filler)}, "IDENT-06", "ERR-06").get(
            "ERR-06"
        )
        yield builder.build()


def _three() -> tuple[str, ...]:
    return tuple(f"limit{index}-{MARK}" for index in range(3))


def _coupons(samples: Samples) -> Iterator[Scenario]:
    limit = samples.environment.limits.coupon_code
    free = samples.unknown_codes_accepted
    above_limit = "IDENT-U2" if limit is None else "IDENT-05"
    at_limit = ("IDENT-05",) if limit is not None else ("IDENT-07",)
    for name, filler in _FILLERS:
        builder = ScenarioBuilder(f"coupon codes around 100 characters, {name}", *_three())
        for index, length in enumerate((99, 100, 101)):
            aims = (above_limit,) if length > 100 else (at_limit if free else _UNKNOWN)
            builder.update(
                {"couponCodes": [_text(length, filler)]}, *aims, session_index=index
            ).get(*aims, session_index=index)
        yield builder.build()
    if samples.known_coupons:
        builder = ScenarioBuilder("known coupons")
        for code in samples.known_coupons:
            builder.update({"couponCodes": [code]}, "IDENT-07").get("IDENT-07")
        builder.update({"couponCodes": []}, "MERGE-02").get("MERGE-02")
        yield builder.build()
    builder = ScenarioBuilder("codes that nobody knows")
    aims = ("IDENT-07",) if free else _UNKNOWN
    codes = [f"Zeta-{MARK}", f"alpha-{MARK}", f"MID-{MARK}"]
    builder.update({"couponCodes": codes}, *aims).get(*aims)
    builder.update({"couponCodes": codes[::-1]}, *aims, "MERGE-03").get(*aims)
    builder.update({"couponCodes": codes[:1]}, *aims, "MERGE-03").get(*aims)
    yield builder.build()


def _unknown_code(field: str, variant: int) -> Json:
    code = f"CODE{variant}-{MARK}"
    return {field: code if field == "referralCode" else [code]}


def _unknown_codes_of_two_sessions(samples: Samples) -> Scenario:
    """Each kind of code after the other, in one of two sessions of the same profile."""
    builder = ScenarioBuilder("codes that nobody knows, each kind", f"one-{MARK}", f"two-{MARK}")
    for index in (0, 1):
        builder.update({"profileId": samples.profile()}, "IDENT-09", session_index=index)
        builder.get("IDENT-09", session_index=index)
    for variant, field in enumerate((*_CODE_FIELDS, *_CODE_FIELDS)):
        builder.update(_unknown_code(field, variant), *_UNKNOWN).get(*_UNKNOWN, "MERGE-01")
        builder.get("IDENT-01", session_index=1)
    return builder.build()


def _one_unknown_code(field: str, samples: Samples) -> Iterator[Scenario]:
    """Codes that the run invents, one at a time: a target must treat all of them alike.

    Once a read has shown that one was kept, it must stay, be replaced and be cleared as any code.
    """

    def sent(variant: int) -> Json:
        return _unknown_code(field, variant)

    cart = {"cartItems": samples.cart(1)}
    builder = ScenarioBuilder(f"{field} that nobody knows, one after the other")
    builder.update(sent(0), *_UNKNOWN).get(*_UNKNOWN).update(cart, "MERGE-01").get("MERGE-01")
    for variant in range(1, 7):
        builder.update(sent(variant), *_UNKNOWN).get(*_UNKNOWN)
        builder.update({"profileId": samples.profile(variant)}, "MERGE-01").get("MERGE-01")
    builder.update({field: "" if field == "referralCode" else []}, "MERGE-02").get("MERGE-02")
    yield builder.update(sent(7), *_UNKNOWN).get(*_UNKNOWN).build()

    names = tuple(f"code{index}-{MARK}" for index in range(4))
    builder = ScenarioBuilder(f"{field} that nobody knows, in sessions that close", *names)
    for index in range(4):
        builder.update({**sent(index), **cart}, *_UNKNOWN, session_index=index)
        builder.get(*_UNKNOWN, session_index=index)
    for index, state in enumerate(("closed", "closed", "cancelled", "cancelled")):
        move = {"state": state} if index % 2 else {"state": state, **sent(index + 4)}
        builder.update(move, *_UNKNOWN, session_index=index).get(*_UNKNOWN, session_index=index)
    yield builder.build()

    names = tuple(f"code{index}-{MARK}" for index in range(3))
    builder = ScenarioBuilder(f"{field} that nobody knows, as little as there can be", *names)
    for index in range(3):
        builder.update(sent(index), *_UNKNOWN, session_index=index, dry=index == 0)
        builder.get("DRY-01" if index == 0 else "IDENT-U4", session_index=index)
    builder.update({**sent(4), "state": "partially_returned"}, "STATE-09", session_index=1)
    builder.get("ERR-06", session_index=1).update(sent(5), "DRY-01", session_index=2, dry=True)
    yield builder.get("DRY-01", session_index=2).build()


def _identifiers(samples: Samples) -> Scenario:
    limit = samples.environment.limits.identifiers
    sizes = (0, 1, 4, 5, 6, 20)
    builder = ScenarioBuilder("numbers of identifiers", *(f"ids{size}-{MARK}" for size in sizes))
    for index, size in enumerate(sizes):
        aims = (("IDENT-U2",) if size > 5 else ("IDENT-07",)) if limit is None else ("IDENT-03",)
        builder.update(
            {"identifiers": samples.identifiers(count=size)}, *aims, session_index=index
        ).get(*aims, session_index=index)
    return builder.build()


def _cards(samples: Samples) -> Iterator[Scenario]:
    limited = samples.environment.limits.loyalty_cards is not None
    for count in (1, 2, 3):
        cards = [f"CARD{index}-{MARK}" for index in range(count, 0, -1)]
        if limited:
            aims = (
                ("IDENT-04",)
                if count > 1 or samples.unknown_codes_accepted
                else ("IDENT-04", "IDENT-U4")
            )
        else:
            aims = ("IDENT-U2",) if count > 1 else ("IDENT-07", "IDENT-U4")
        builder = ScenarioBuilder(f"{count} loyalty cards", f"new-{MARK}", f"old-{MARK}")
        builder.update({"loyaltyCards": cards}, *aims).get(*aims)
        builder.update(samples.session(), "STATE-01", session_index=1)
        builder.update({"loyaltyCards": cards}, *aims, session_index=1).get(*aims, session_index=1)
        yield builder.build()


def _stores(samples: Samples) -> Iterator[Scenario]:
    limit = samples.environment.limits.store_integration_id
    if limit is None:
        return
    for name, filler in _FILLERS:
        builder = ScenarioBuilder(f"store IDs around their limits, {name}")
        for length in (1, limit, limit + 1):
            builder.update({"storeIntegrationId": filler * length}, "IDENT-10").get("IDENT-10")
        yield builder.build()
    yield (
        ScenarioBuilder("empty store ID")
        .update({"storeIntegrationId": ""}, "IDENT-10")
        .get()
        .build()
    )


def _profiles(samples: Samples) -> Iterator[Scenario]:
    builder = ScenarioBuilder("anonymous sessions", f"one-{MARK}", f"two-{MARK}")
    for index in (0, 1):
        builder.update(
            {"profileId": "", "cartItems": samples.cart(1)}, "IDENT-08", session_index=index
        )
        builder.get("IDENT-08", session_index=index)
        builder.update({"state": "closed"}, "IDENT-08", session_index=index).get(
            "IDENT-08", session_index=index
        )
    yield builder.build()
    builder = ScenarioBuilder("a session changes its profile")
    builder.update(samples.session(), "IDENT-09").update(
        {"profileId": samples.profile(7)}, "IDENT-09"
    )
    builder.get("MERGE-01").update({"profileId": ""}, "IDENT-08").get("IDENT-08")
    yield builder.build()


def _session_ids(samples: Samples) -> Iterator[Scenario]:
    for length in (64, 65, 128, 255, 256, 257, 512, 999, 1_000):
        builder = ScenarioBuilder(
            f"session ID of {length} characters", session_id_of_length(length)
        )
        builder.update(samples.session(), "IDENT-01").get("IDENT-01", "IDENT-02")
        yield builder.build()
    for filler in ("é", "日"):
        builder = ScenarioBuilder(
            f"session ID of 500 {filler}", session_id_of_length(500, filler=filler)
        )
        yield builder.update(samples.session(), "IDENT-01").get("IDENT-02").build()
    for length in (1_001, 1_500):
        builder = ScenarioBuilder(
            f"session ID of {length} characters", session_id_of_length(length)
        )
        yield builder.update(samples.session(), "IDENT-U1").get("IDENT-U1").build()
