"""Long sequences of valid steps on one session, and several sessions of one profile."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Scenario, SessionState
from ..scenarios.scenario_builder import ScenarioBuilder, lead_to
from ..values.samples import Samples


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Many updates, all states in turn, and sessions that must not affect each other."""
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
    builder = ScenarioBuilder("a dozen updates in a row")
    for variant in range(12):
        session = samples.session(variant, state="open")
        builder.update(session, "STATE-12" if variant else "STATE-01", "RESP-07").get("RESP-07")
    return builder.update({"state": "closed"}, "STATE-04").get("STATE-04").build()


def _whole_life(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("from open over closed and returned to cancelled")
    session = samples.session()
    cart = session["cartItems"]
    builder.update(session, "STATE-01").get().update({}, "STATE-12").get()
    builder.update({"state": "closed"}, "STATE-04").get("STATE-04", "RESP-07")
    for position, item in enumerate(cart[:-1]):
        builder.return_items([{"position": position, "quantity": item["quantity"]}], "RET-01").get(
            "RET-02"
        )
    builder.update(samples.session(2, state="open"), "STATE-11", "STATE-17").get("STATE-17")
    builder.update({"state": "cancelled"}, "STATE-10").get("STATE-10", "RESP-07")
    return builder.update({"state": "open"}, "STATE-08").get("STATE-08").build()


def _side_by_side(samples: Samples) -> Scenario:
    """Two sessions of one profile are changed in turn; neither may affect the other."""
    builder = ScenarioBuilder("two open sessions of one profile", f"left-{MARK}", f"right-{MARK}")
    builder.update(samples.session(), "STATE-01")
    builder.update(
        {**samples.session(1), "profileId": samples.profile()}, "STATE-01", session_index=1
    )
    builder.get("RESP-07").get("RESP-07", session_index=1)
    for variant in (2, 3):
        builder.update({"cartItems": samples.cart(variant)}, "STATE-12").get(
            "RESP-03", session_index=1
        )
        builder.update(
            {"identifiers": samples.identifiers(variant)}, "STATE-12", session_index=1
        ).get("RESP-03")
        builder.update({"attributes": samples.session_attributes(variant)}, "STATE-12")
        builder.get("RESP-03", session_index=1)
    builder.update({"state": "closed"}, "STATE-04").get("RESP-03", session_index=1)
    builder.update({"state": "cancelled"}, "STATE-05", session_index=1).get("RESP-03")
    return builder.get("RESP-03", session_index=1).build()


def _in_turn(samples: Samples, turns: tuple[int, int]) -> Scenario:
    """Two sessions that share nothing: the order of their updates makes no difference."""
    first = ("one", "other")[turns[0]]
    builder = ScenarioBuilder(
        f"two sessions that share nothing, {first} first", f"one-{MARK}", f"other-{MARK}"
    )
    for step in ("data", "cart", "end"):
        for index in turns:
            own = samples.session(4 + index)
            if step == "data":
                builder.update(own, "STATE-01", "IDENT-01", session_index=index)
            elif step == "cart":
                builder.update(
                    {"cartItems": samples.cart(2 + index)}, "MERGE-03", session_index=index
                )
            else:
                builder.update(
                    {"state": ("closed", "cancelled")[index]},
                    "STATE-04",
                    "STATE-05",
                    session_index=index,
                )
    return builder.get("IDENT-01", "RESP-03").get("IDENT-01", "RESP-03", session_index=1).build()


def _one_after_another(samples: Samples) -> Scenario:
    names = tuple(f"visit{variant}-{MARK}" for variant in range(3))
    builder = ScenarioBuilder("one profile closes session after session", *names)
    for index in range(3):
        session = {**samples.session(index), "profileId": samples.profile()}
        builder.update(session, "STATE-01", session_index=index).get(session_index=index)
        builder.update({"state": "closed"}, "STATE-04", session_index=index).get(
            "STATE-04", session_index=index
        )
    for index in range(3):
        builder.get("RESP-03", "RESP-07", session_index=index)
    return builder.build()


def _after_every_end(samples: Samples) -> Scenario:
    """After each end of a session its profile updates a further one."""
    ends = (SessionState.CLOSED, SessionState.CANCELLED, SessionState.PARTIALLY_RETURNED)
    names = tuple(f"{end.value}-{MARK}" for end in ends)
    builder = ScenarioBuilder("a profile starts again after every end", *names, f"again-{MARK}")
    for index, end in enumerate(ends):
        lead_to(builder, end, samples, session_index=index)
        session = samples.session(index + 1, profileId=samples.profile())
        builder.update(session, "STATE-01", "STATE-12", "IDENT-09", session_index=len(ends)).get(
            session_index=len(ends)
        )
    return builder.build()


def _three_anonymous(samples: Samples) -> Scenario:
    names = tuple(f"nobody{variant}-{MARK}" for variant in range(3))
    builder = ScenarioBuilder("anonymous sessions close one after another", *names)
    for index in range(3):
        builder.update(
            samples.session(profileId="", state="closed"),
            "IDENT-08",
            "STATE-02",
            session_index=index,
        )
        builder.get("IDENT-08", session_index=index)
    return builder.build()


def _reopened_again_and_again(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("closed and reopened again and again")
    builder.update(samples.session(), "STATE-01")
    for variant in range(1, 4):
        builder.update({"state": "closed"}, "STATE-04").get("STATE-04")
        builder.update({"state": "open"}, "STATE-07").get("STATE-07", "STATE-17")
        builder.reopen("STATE-15", "RESP-08").get("STATE-15", "RESP-08")
        builder.reopen("STATE-16").get("STATE-16")
        builder.update(samples.session(variant), "STATE-15", "STATE-12").get("MERGE-03", "RESP-08")
    builder.update({"state": "cancelled"}, "STATE-05").reopen("STATE-16", "STATE-08")
    return builder.get("STATE-16").build()
