"""Odd identifiers in every field that takes text, and pairs of session IDs that look alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.confusable_ids import CONFUSABLE_IDS, ConfusableIds
from ..values.identifiers import marked
from ..values.odd_identifiers import ODD_IDENTIFIERS, IdentifierFamily, OddIdentifier
from ..values.samples import Samples

Json = dict[str, Any]

_TEXTS_PER_REQUEST = 8
"""Odd texts in one request: saves requests, and a failure has one of few causes."""


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Odd session IDs, then odd texts in other fields, then control characters."""
    for session_id, aims, description in _session_ids():
        builder = ScenarioBuilder(f"session ID, {description}", session_id)
        yield builder.update({"cartItems": [samples.item()]}, *aims).get(*aims).build()
    clean = [
        odd
        for odd in ODD_IDENTIFIERS
        if odd.encodable and odd.family is not IdentifierFamily.CONTROL
    ]
    for start in range(0, len(clean), _TEXTS_PER_REQUEST):
        yield _texts(samples, clean[start : start + _TEXTS_PER_REQUEST])
    yield from _control_texts(samples)


def _session_ids() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Session IDs with their aims and a description.

    IDs that must be accepted hold two odd texts each. Long ones are in `codes`.
    """
    accepted = [
        odd for odd in ODD_IDENTIFIERS if not odd.silent and odd.family is not IdentifierFamily.LONG
    ]
    for first, second in zip_longest(accepted[::2], accepted[1::2], fillvalue=accepted[0]):
        description = f"{first.family.value}: {first.text!r} before, {second.text!r} after"
        yield f"{first.text}{MARK}{second.text}", first.aims, description
    for odd in ODD_IDENTIFIERS:
        if odd.silent:
            yield marked(odd.text), odd.aims, f"{odd.family.value}: {odd.text!r}"


def _texts(samples: Samples, group: Sequence[OddIdentifier]) -> Scenario:
    """Odd texts as SKU, name, category, identifiers, profile and codes."""
    texts = [odd.text for odd in group]
    builder = ScenarioBuilder(f"texts from {group[0].family.value} on: {texts[0][:20]!r}")
    session: Json = {
        "cartItems": [
            samples.item(index, sku=f"{text}-{index}", name=f"{text}n", category=text)
            for index, text in enumerate(texts)
        ],
        "identifiers": [f"{text}{MARK}{text}" for text in texts[:5]],
        "profileId": f"{texts[-1]}{MARK}{texts[-1]}",
    }
    if samples.unknown_codes_accepted:
        codes = [f"{text[:39]}{MARK}{text[:39]}" for text in texts]
        session |= {"couponCodes": codes, "referralCode": codes[0]}
    builder.update(session, "IDENT-07", "IDENT-09", "CART-10", "CART-11").get("IDENT-07", "CART-11")
    rest = [f"{text}{MARK}{text}" for text in texts[5:]]
    return builder.update({"identifiers": rest}, "IDENT-07", "MERGE-03").get("IDENT-07").build()


def _control_texts(samples: Samples) -> Iterator[Scenario]:
    """Control characters and lone surrogates, which many databases refuse (ERR-02)."""
    for text in ("\x00", "a\x00b", "\x01", "\x7f", "a\r\nb", "\ud800"):
        builder = ScenarioBuilder(f"fields with {text!r}")
        for session in (
            {"profileId": f"{text}{MARK}"},
            {"identifiers": [f"{text}{MARK}"]},
            {"cartItems": [samples.item(sku=f"sku{text}", name=f"name{text}")]},
        ):
            builder.update(session, "ERR-02").get("ERR-02")
        yield builder.build()


def confusable_scenarios(samples: Samples) -> Iterator[Scenario]:
    """Both sessions of each pair are created with different data and read; one is changed."""
    for pair in CONFUSABLE_IDS:
        yield _pair(samples, pair)


def _pair(samples: Samples, pair: ConfusableIds) -> Scenario:
    builder = ScenarioBuilder(f"twins, {pair.difference}", pair.first, pair.second)
    aims = pair.aims
    builder.update({"cartItems": samples.cart(1), "identifiers": [f"first-{MARK}"]}, *aims)
    builder.update({"cartItems": samples.cart(2, start=2), "state": "open"}, *aims, session_index=1)
    builder.get(*aims)
    builder.update({"identifiers": [f"changed-{MARK}"]}, *aims)
    return builder.get(*aims, session_index=1).build()
