"""Odd identifiers in every place that takes text, and twins side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.confusable_ids import CONFUSABLE_IDS, ConfusableIds
from ..values.identifiers import marked
from ..values.odd_identifiers import ODD_IDENTIFIERS, Family, OddIdentifier
from ..values.samples import Samples

Json = dict[str, Any]

_GROUP = 8
"""Texts in one request: few requests, and a failing one still leads back to one of few."""


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Session IDs first, then texts in other places, in groups."""
    for session_id, aims, what in _session_ids():
        tale = ScenarioBuilder(f"session ID, {what}", session_id)
        yield tale.put({"cartItems": [samples.item()]}, *aims).get(*aims).scenario()
    clean = [odd for odd in ODD_IDENTIFIERS if odd.encodable and odd.family is not Family.CONTROL]
    for start in range(0, len(clean), _GROUP):
        yield _texts(samples, clean[start : start + _GROUP])
    yield from _control_texts(samples)


def _session_ids() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """IDs with the rules that they aim at: two texts in each where all must be accepted.

    Long ones stand with the limits.
    """
    sure = [odd for odd in ODD_IDENTIFIERS if not odd.silent and odd.family is not Family.LONG]
    for first, second in zip_longest(sure[::2], sure[1::2], fillvalue=sure[0]):
        what = f"{first.family.value}: {first.text!r} before, {second.text!r} after"
        yield f"{first.text}{MARK}{second.text}", first.aims, what
    for odd in ODD_IDENTIFIERS:
        if odd.silent:
            yield marked(odd.text), odd.aims, f"{odd.family.value}: {odd.text!r}"


def _texts(samples: Samples, group: Sequence[OddIdentifier]) -> Scenario:
    """Odd texts as SKU, name, category, identifiers, profile and codes."""
    texts = [odd.text for odd in group]
    tale = ScenarioBuilder(f"texts from {group[0].family.value} on: {texts[0][:20]!r}")
    session: Json = {
        "cartItems": [
            samples.item(number, sku=f"{text}-{number}", name=f"{text}n", category=text)
            for number, text in enumerate(texts)
        ],
        "identifiers": [f"{text}{MARK}{text}" for text in texts[:5]],
        "profileId": f"{texts[-1]}{MARK}{texts[-1]}",
    }
    if samples.codes_are_free:
        codes = [f"{text[:39]}{MARK}{text[:39]}" for text in texts]
        session |= {"couponCodes": codes, "referralCode": codes[0]}
    tale.put(session, "IDENT-07", "IDENT-09", "CART-10", "CART-11").get("IDENT-07", "CART-11")
    rest = [f"{text}{MARK}{text}" for text in texts[5:]]
    return tale.put({"identifiers": rest}, "IDENT-07", "MERGE-03").get("IDENT-07").scenario()


def _control_texts(samples: Samples) -> Iterator[Scenario]:
    """Control characters and lone surrogates, which databases refuse: never a 5xx (ERR-02)."""
    for text in ("\x00", "a\x00b", "\x01", "\x7f", "a\r\nb", "\ud800"):
        tale = ScenarioBuilder(f"fields with {text!r}")
        for session in (
            {"profileId": f"{text}{MARK}"},
            {"identifiers": [f"{text}{MARK}"]},
            {"cartItems": [samples.item(sku=f"sku{text}", name=f"name{text}")]},
        ):
            tale.put(session, "ERR-02").get("ERR-02")
        yield tale.scenario()


def twin_scenarios(samples: Samples) -> Iterator[Scenario]:
    """Both twins are made with data of their own, read, and one is changed."""
    for twins in CONFUSABLE_IDS:
        yield _pair(samples, twins)


def _pair(samples: Samples, twins: ConfusableIds) -> Scenario:
    tale = ScenarioBuilder(f"twins, {twins.what}", twins.first, twins.second)
    aims = twins.aims
    tale.put({"cartItems": samples.cart(1), "identifiers": [f"first-{MARK}"]}, *aims)
    tale.put({"cartItems": samples.cart(2, start=2), "state": "open"}, *aims, at=1)
    tale.get(*aims)
    tale.put({"identifiers": [f"changed-{MARK}"]}, *aims)
    return tale.get(*aims, at=1).scenario()
