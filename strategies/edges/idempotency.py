"""The Idempotency-Key of updates and reopens: repetitions, lengths, other uses (IDEM-01, -02)."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Addition, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import Samples, update_body

_LONGEST = 255
_CONFUSABLE = 70


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Requests once more under their key; keys of many lengths; keys that others have used."""
    if not samples.environment.has(Addition.KEYED_WRITES):
        return
    yield _creation_again(samples)
    yield _update_again(samples)
    yield _closing_again(samples)
    yield _reopening_again(samples)
    yield _lengths(samples)
    yield from _similar_keys(samples)
    yield _another_body(samples)
    yield _another_session(samples)


def _key(name: str, length: int = 0) -> str:
    return f"{name}-{MARK}".ljust(length, "k")


def _creation_again(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("a creation with the same key again")
    for rule in ("STATE-01", "IDEM-01"):
        builder.update(samples.session(), rule, idempotency_key=_key("new"))
    return builder.get("IDEM-01").build()


def _update_again(samples: Samples) -> Scenario:
    """What came between a request and its repetition must stay."""
    builder = ScenarioBuilder("an update with the same key again, after another one")
    builder.update(samples.session(), "STATE-01")
    first, second = ({"identifiers": samples.identifiers(variant)} for variant in (5, 7))
    builder.update(first, "STATE-12", idempotency_key=_key("one"))
    builder.update(second, "STATE-12", idempotency_key=_key("two"))
    builder.update(first, "IDEM-01", idempotency_key=_key("one")).get("IDEM-01")
    builder.update({"cartItems": samples.cart(1)}, "STATE-12", "MERGE-01")
    return builder.update(second, "IDEM-01", idempotency_key=_key("two")).get("IDEM-01").build()


def _closing_again(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("closing with the same key again")
    builder.update(samples.session(), "STATE-01")
    for rule in ("STATE-04", "IDEM-01"):
        builder.update({"state": "closed"}, rule, idempotency_key=_key("end"))
    builder.get("IDEM-01").update({"state": "cancelled"}, "STATE-06")
    builder.update({"state": "closed"}, "IDEM-01", idempotency_key=_key("end"))
    return builder.get("IDEM-01").build()


def _reopening_again(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("reopening with the same key again")
    builder.update(samples.session(state="closed"), "STATE-02")
    for rule in ("STATE-15", "IDEM-01"):
        builder.reopen(rule, idempotency_key=_key("again")).get(rule)
    builder.update({"state": "closed"}, "STATE-04")
    builder.reopen("IDEM-01", idempotency_key=_key("again")).get("IDEM-01")
    return builder.reopen("STATE-15", idempotency_key=_key("other")).get("STATE-15").build()


def _lengths(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("keys of many lengths")
    builder.update(samples.session(), "STATE-01")
    for variant, length in enumerate((36, 64, 65, 128, 254, _LONGEST)):
        session = {"identifiers": samples.identifiers(variant)}
        builder.update(session, "IDEM-02", idempotency_key=_key(f"l{length}", length))
    builder.get("IDEM-02").update({}, "IDEM-U1", idempotency_key=_key("long", _LONGEST + 1))
    return builder.get().build()


def _similar_keys(samples: Samples) -> Iterator[Scenario]:
    for name, keys in (
        ("in their last character", [_key("same", _CONFUSABLE) + end for end in "ab"]),
        ("in case", [_key("same"), _key("SAME")]),
    ):
        builder = ScenarioBuilder(f"one update under keys that differ {name}")
        builder.update(samples.session(), "STATE-01")
        for key in keys:
            builder.update({"identifiers": samples.identifiers()}, "IDEM-02", idempotency_key=key)
        yield builder.get("IDEM-02", "RESP-08").build()


def _another_body(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("another update under a used key")
    builder.update(samples.session(), "STATE-01", idempotency_key=_key("used")).get()
    session = {"identifiers": samples.identifiers(4)}
    builder.update(session, "IDEM-U1", idempotency_key=_key("used")).get("IDEM-U1")
    return builder.update(session, "STATE-12").get().build()


def _another_session(samples: Samples) -> Scenario:
    """Whatever a target makes of it, it never shows the other session (IDENT-02)."""
    ids = (f"one-{MARK}", f"two-{MARK}")
    builder = ScenarioBuilder("a key that another session has used", *ids)
    body = update_body({"identifiers": samples.identifiers()})
    for index in range(2):
        builder.update_with_body(
            body, "IDEM-U1", "IDENT-02", session_index=index, idempotency_key=_key("shared")
        )
    for index in range(2):
        builder.get("IDENT-02", session_index=index)
    return builder.build()
