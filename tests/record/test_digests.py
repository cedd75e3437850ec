"""The short names of scenarios."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import MARK, Fetch, Scenario, Update
from cartfuzz.record import AnswerClass, scenario_digest

ONE = Scenario(title="one", sessions=(MARK,), steps=(Update(body={"customerSession": {}}), Fetch()))


def test_a_title_does_not_matter() -> None:
    """What is sent is the same."""
    assert scenario_digest(ONE) == scenario_digest(msgspec.structs.replace(ONE, title="two"))


@pytest.mark.parametrize(
    "other",
    [
        {"sessions": (f"a{MARK}",)},
        {"steps": ONE.steps[:1]},
        {"steps": (Update(body={"customerSession": {"profileId": "\ud800"}}), Fetch())},
        {"steps": ONE.steps[::-1]},
    ],
)
def test_all_that_is_sent_matters(other: dict[str, object]) -> None:
    """Sessions and steps, with lone surrogates as well."""
    assert scenario_digest(ONE) != scenario_digest(msgspec.structs.replace(ONE, **other))


@pytest.mark.parametrize(
    ("status", "expected"), [(200, "a"), (404, "r"), (500, "x"), (302, "o"), (None, "-")]
)
def test_answers_have_classes(status: int | None, expected: str) -> None:
    """One letter each."""
    assert AnswerClass.of(status) == expected
