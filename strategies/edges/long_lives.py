"""Deep lives: long ways through the states, and sessions beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Scenario, SessionState
from ..scenarios.scenario_builder import ScenarioBuilder, lead_to
from ..values.samples import Samples


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Many updates in a row, whole lives, sessions of one profile."""
    yield _many_updates(samples)
    yield _whole_life(samples)
    yield _side_by_side(samples)
    for turns in ((0, 1), (1, 0)):
        yield _in_turn(samples, turns)
    yield _one_after_another(samples)
    yield _after_every_end(samples)
    yield _three_anonymous(samples)
    if samples.current:
        yield _reopened_again_and_again(samples)


def _many_updates(samples: Samples) -> Scenario:
    tale = ScenarioBuilder("a dozen updates in a row")
    for number in range(12):
        session = samples.session(number, state="open")
        tale.put(session, "STATE-12" if number else "STATE-01", "RESP-07").get("RESP-07")
    return tale.put({"state": "closed"}, "STATE-04").get("STATE-04").scenario()


def _whole_life(samples: Samples) -> Scenario:
    tale = ScenarioBuilder("from open over closed and returned to cancelled")
    session = samples.session()
    cart = session["cartItems"]
    tale.put(session, "STATE-01").get().put({}, "STATE-12").get()
    tale.put({"state": "closed"}, "STATE-04").get("STATE-04", "RESP-07")
    for position, item in enumerate(cart[:-1]):
        tale.back([{"position": position, "quantity": item["quantity"]}], "RET-01").get("RET-02")
    tale.put(samples.session(2, state="open"), "STATE-11", "STATE-17").get("STATE-17")
    tale.put({"state": "cancelled"}, "STATE-10").get("STATE-10", "RESP-07")
    return tale.put({"state": "open"}, "STATE-08").get("STATE-08").scenario()


def _side_by_side(samples: Samples) -> Scenario:
    """Two sessions of one profile, changed in turn: neither leaks into the other."""
    tale = ScenarioBuilder("two open sessions of one profile", f"left-{MARK}", f"right-{MARK}")
    tale.put(samples.session(), "STATE-01")
    tale.put({**samples.session(1), "profileId": samples.profile()}, "STATE-01", at=1)
    tale.get("RESP-07").get("RESP-07", at=1)
    for number in (2, 3):
        tale.put({"cartItems": samples.cart(number)}, "STATE-12").get("RESP-03", at=1)
        tale.put({"identifiers": samples.identifiers(number)}, "STATE-12", at=1).get("RESP-03")
        tale.put({"attributes": samples.session_attributes(number)}, "STATE-12")
        tale.get("RESP-03", at=1)
    tale.put({"state": "closed"}, "STATE-04").get("RESP-03", at=1)
    tale.put({"state": "cancelled"}, "STATE-05", at=1).get("RESP-03")
    return tale.get("RESP-03", at=1).scenario()


def _in_turn(samples: Samples, turns: tuple[int, int]) -> Scenario:
    """Sessions that share nothing end up the same, whichever of them comes first each time."""
    first = ("one", "other")[turns[0]]
    tale = ScenarioBuilder(
        f"two sessions that share nothing, {first} first", f"one-{MARK}", f"other-{MARK}"
    )
    for step in ("data", "cart", "end"):
        for at in turns:
            own = samples.session(4 + at)
            if step == "data":
                tale.put(own, "STATE-01", "IDENT-01", at=at)
            elif step == "cart":
                tale.put({"cartItems": samples.cart(2 + at)}, "MERGE-03", at=at)
            else:
                tale.put({"state": ("closed", "cancelled")[at]}, "STATE-04", "STATE-05", at=at)
    return tale.get("IDENT-01", "RESP-03").get("IDENT-01", "RESP-03", at=1).scenario()


def _one_after_another(samples: Samples) -> Scenario:
    names = tuple(f"visit{number}-{MARK}" for number in range(3))
    tale = ScenarioBuilder("one profile closes session after session", *names)
    for at in range(3):
        session = {**samples.session(at), "profileId": samples.profile()}
        tale.put(session, "STATE-01", at=at).get(at=at)
        tale.put({"state": "closed"}, "STATE-04", at=at).get("STATE-04", at=at)
    for at in range(3):
        tale.get("RESP-03", "RESP-07", at=at)
    return tale.scenario()


def _after_every_end(samples: Samples) -> Scenario:
    """However a profile's sessions have ended, it starts another one."""
    ends = (SessionState.CLOSED, SessionState.CANCELLED, SessionState.PARTIALLY_RETURNED)
    names = tuple(f"{end.value}-{MARK}" for end in ends)
    tale = ScenarioBuilder("a profile starts again after every end", *names, f"again-{MARK}")
    for at, end in enumerate(ends):
        lead_to(tale, end, samples, at=at)
        again = samples.session(at + 1, profileId=samples.profile())
        tale.put(again, "STATE-01", "STATE-12", "IDENT-09", at=len(ends)).get(at=len(ends))
    return tale.scenario()


def _three_anonymous(samples: Samples) -> Scenario:
    names = tuple(f"nobody{number}-{MARK}" for number in range(3))
    tale = ScenarioBuilder("anonymous sessions close one after another", *names)
    for at in range(3):
        tale.put(samples.session(profileId="", state="closed"), "IDENT-08", "STATE-02", at=at)
        tale.get("IDENT-08", at=at)
    return tale.scenario()


def _reopened_again_and_again(samples: Samples) -> Scenario:
    tale = ScenarioBuilder("closed and reopened again and again")
    tale.put(samples.session(), "STATE-01")
    for number in range(1, 4):
        tale.put({"state": "closed"}, "STATE-04").get("STATE-04")
        tale.put({"state": "open"}, "STATE-07").get("STATE-07", "STATE-17")
        tale.reopen("STATE-15", "RESP-08").get("STATE-15", "RESP-08")
        tale.reopen("STATE-16").get("STATE-16")
        tale.put(samples.session(number), "STATE-15", "STATE-12").get("MERGE-03", "RESP-08")
    tale.put({"state": "cancelled"}, "STATE-05").reopen("STATE-16", "STATE-08")
    return tale.get("STATE-16").scenario()
