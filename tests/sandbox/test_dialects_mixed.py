"""Tests that mixtures of lawful dialects are deterministic, compatible and lawful."""

from __future__ import annotations

from itertools import combinations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion
from cartfuzz.sandbox import DIALECTS, mixture

from .dialect_witnesses import TOUR
from .steps import Client
from .test_dialects import problems
from .transcripts import transcript

SEEDS = range(24)
BASES = {
    f"{contract.value} flattening {'on' if flattening else 'off'}": msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening
    )
    for contract in ContractVersion
    for flattening in (False, True)
}


@pytest.mark.parametrize("place", BASES)
def test_mixtures_are_deterministic(place: str) -> None:
    """A seed draws one mixture in each environment; the seeds draw different ones."""
    base = BASES[place]
    drawn = [mixture(seed, base) for seed in SEEDS]
    assert drawn == [mixture(seed, base) for seed in SEEDS]
    assert len({one.dialects for one in drawn}) == len(SEEDS)


@pytest.mark.parametrize("place", BASES)
def test_mixtures_are_compatible(place: str) -> None:
    """All dialects of a mixture exist in its environment, with its changes, and fit together."""
    for seed in SEEDS:
        drawn = mixture(seed, BASES[place], with_server=True)
        dialects = [DIALECTS[name] for name in drawn.dialects]
        for dialect in dialects:
            assert dialect.environment(drawn.environment) == drawn.environment
            assert dialect.exists_in(drawn.environment)
        for one, other in combinations(dialects, 2):
            assert one.is_compatible(other), (one.name, other.name)


@pytest.mark.parametrize("place", BASES)
def test_mixtures_keep_the_schemas(place: str) -> None:
    """Mixtures change answers, and their answers conform to the documented schemas."""
    for seed in SEEDS:
        drawn = mixture(seed, BASES[place])
        client = Client(drawn.environment, dialects=drawn.dialects)
        for step in TOUR:
            assert problems(drawn.environment.contract, step, client(step)) == [], drawn.dialects
        assert drawn.dialects
        changed = transcript(drawn.environment, TOUR, dialects=drawn.dialects)
        assert len(drawn.dialects) < 4 or changed != transcript(drawn.environment, TOUR)


def test_mixtures_draw_every_dialect() -> None:
    """Every dialect is in some mixture, but for those that depend on the time between requests."""
    drawn = {
        name
        for base in BASES.values()
        for seed in range(200)
        for name in mixture(seed, base, with_server=True).dialects
    }
    assert drawn == {dialect.name for dialect in DIALECTS.values() if not dialect.real_time}


def test_mixtures_need_a_server_only_where_it_is_wanted() -> None:
    """Without a server, no dialect of a mixture needs one."""
    for base in BASES.values():
        for seed in SEEDS:
            names = mixture(seed, base).dialects
            assert not any(DIALECTS[name].needs_server for name in names)


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("RefusesNulls", "ClearsOnNull", False),  # they decide one point
        ("SpeaksHttp10", "SendsChunks", False),  # HTTP/1.0 has no chunks
        ("SortsMembers", "ReversesMembers", False),  # each discards the other's order
        ("SortsMembers", "WritesExponents", True),  # different decisions of one writer
        ("AddsErrorMembers", "SpeaksGerman", True),  # both change what they got
        ("ReachesLimits", "Writes409WithTexts", True),  # one environment
        ("RefusesOtherTextsThanTimes", "RefusesOtherTextsThanDates", False),  # two environments
        ("RefusesUsedUpCoupons", "RejectsWithoutHolders", False),  # a 409 needs a limit
        (
            "KeepsCodesInCapitals",
            "KeepsCodesInLowerCase",
            False,
        ),  # one keeps what the other changes
        ("RefusesUsedUpCoupons", "GivesConditionsAsReasons", True),  # reasons of open sessions
    ],
)
def test_what_is_compatible(one: str, other: str, *, fits: bool) -> None:
    """Dialects fit together unless they decide one point, or need different environments."""
    assert DIALECTS[one].is_compatible(DIALECTS[other]) is fits
    assert DIALECTS[other].is_compatible(DIALECTS[one]) is fits
