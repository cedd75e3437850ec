"""The run says what it saw of unknown codes, and which line of the configuration to write."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from cartfuzz.analysis import summarise
from cartfuzz.contract import Environment, UnknownCodes
from cartfuzz.record import UNKNOWN_CODES, Observation
from cartfuzz.reports.unknown_codes import unknown_codes_text

from ..record.events import scenario_run, started
from .summaries import printed

KEPT = ("accepted, stored", "accepted")


def said(
    seen: Mapping[str, tuple[str, ...]], declared: UnknownCodes = UnknownCodes.UNSPECIFIED
) -> tuple[str, str]:
    """The sentence, and all that is printed, where a run saw these outcomes by field."""
    observations = tuple(
        Observation(rule="IDENT-U4", situation=UNKNOWN_CODES[field].key, outcome=outcome)
        for field, outcomes in seen.items()
        for outcome in outcomes
    )
    begun = msgspec.structs.replace(started(), environment=Environment(unknown_codes=declared))
    summary = summarise([begun, scenario_run(0, observations=observations)])
    return unknown_codes_text(summary), printed(summary)


@pytest.mark.parametrize(
    ("seen", "text", "line"),
    [
        (
            {"couponCodes": KEPT, "referralCode": KEPT[:1]},
            "couponCodes kept, referralCode kept",
            'unknown_codes = "accepted"',
        ),
        ({"couponCodes": ("refused 4xx",)}, "couponCodes refused", 'unknown_codes = "refused"'),
        (
            {"couponCodes": ("accepted, dropped", "accepted")},
            "couponCodes accepted and not kept",
            "",
        ),
        ({"loyaltyCards": ("accepted",)}, "loyaltyCards accepted", ""),
        (
            {"couponCodes": KEPT, "referralCode": ("refused 4xx",)},
            "couponCodes kept, referralCode refused",
            "",
        ),
        (
            {"couponCodes": (*KEPT, "refused 4xx")},
            "couponCodes accepted or accepted, stored or refused 4xx",
            "",
        ),
    ],
)
def test_what_was_seen_is_named(seen: dict[str, tuple[str, ...]], text: str, line: str) -> None:
    """With the line to write, where one line says all of it."""
    sentence, output = said(seen)
    assert sentence.startswith(f"codes that no campaign knows: {text}")
    assert line in sentence
    assert ("[environment]" in sentence) == bool(line)
    assert sentence in output


@pytest.mark.parametrize("declared", [UnknownCodes.ACCEPTED, UnknownCodes.REFUSED])
def test_what_is_declared_is_not_repeated(declared: UnknownCodes) -> None:
    """Nor is anything where no such code was sent."""
    assert said({"couponCodes": KEPT}, declared)[0] == ""
    assert said({})[0] == ""
