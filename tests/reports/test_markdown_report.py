"""``report.md``: the verdict first, every discrepancy, and never too long."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from cartfuzz.analysis import RunReproducers, RunState, Summary, reproducers_of
from cartfuzz.analysis import summary_of as summary_of_state
from cartfuzz.contract import MARK, Scenario, Update
from cartfuzz.record import Event, Exchange, KnownFailure, Minimised, RunFinished, StopReason
from cartfuzz.reports.markdown_report import MAX_COMMENT, markdown_report

from ..record.events import discrepancy, scenario_run, started
from .summaries import any_text, ended, summary_of
from .test_markdown_text import PAGE

NOTHING = RunReproducers(started=started(), scenarios={})
FOLDER = Path("run")


def page_of(summary: Summary, found: RunReproducers = NOTHING, **how: int) -> str:
    """The report of a run in a folder named ``run``."""
    return markdown_report(summary, found, FOLDER, **how)


def events_with(*rules: str, text: str = "") -> list[Event]:
    """A run with one discrepancy a rule, each with its smallest scenario."""
    events: list[Event] = [started()]
    for number, rule in enumerate(rules):
        found = msgspec.structs.replace(
            discrepancy(rule, step=0), expected=text, found=text, title=f"update: {text}"
        )
        scenario = Scenario(
            title=text,
            sessions=(f"{number}{text}{MARK}",),
            steps=(Update(body={"customerSession": {"profileId": text}}),),
        )
        events.append(scenario_run(number, scenario=scenario, discrepancies=(found,)))
        events.append(
            Minimised(
                signature=found.signature,
                scenario=scenario,
                discrepancy=found,
                operations_before=2,
                confirmed=5,
                confirmations=5,
                complete=True,
                trials=9,
                requests=9,
                elapsed_ms=1.0,
                exchanges=(Exchange(step=0, method="PUT", target="/x", status=200, answer=text),),
            )
        )
    return [*events, RunFinished(seconds=1.0, reason=StopReason.COMPLETED)]


def run_with(*rules: str, text: str = "") -> tuple[Summary, RunReproducers]:
    """What the reports of `events_with` are made of."""
    state = RunState.of(events_with(*rules, text=text))
    return summary_of_state(state), reproducers_of(state)


def shape_of(page: str) -> list[str]:
    """The kinds of the blocks of a page, in order, with the tags that it writes itself."""
    return [
        f"{token.type} {token.content.strip()[:18] if token.type == 'html_block' else ''}".strip()
        for token in PAGE.parse(page)
    ]


def test_the_verdict_is_the_first_line() -> None:
    """Counts, the discrepancy with its requests and curl, and where the rest is, follow."""
    page = page_of(*run_with("CART-02", text="odd"))
    first, *lines = page.splitlines()
    assert first == "## FAILED: 1 discrepancy"
    assert "### 1. CART-02: update: odd" in lines
    assert "- expected: `odd`" in lines
    assert any(line.startswith("- rule: A cart of more than 1000 items") for line in lines)
    assert any(line.startswith("send -X PUT") and "profileId" in line for line in lines)
    assert lines[-1].startswith("All of it: `run`, which holds summary.json")


def test_a_run_that_found_nothing_names_what_was_not_tested() -> None:
    """Its verdict is there, and no heading of a discrepancy."""
    page = page_of(ended(StopReason.COMPLETED))
    assert page.startswith("## PASSED: no discrepancy\n")
    assert "### Not tested" in page
    assert "### 1." not in page


def test_known_ones_have_their_tickets() -> None:
    """They are listed apart from what fails the run."""
    summary = summary_of("odd")
    (bug,) = summary.discrepancies
    known = {bug.signature: KnownFailure(ticket="SHOP-1")}
    changed = msgspec.structs.replace(summary, discrepancies=[], known=[bug], baseline=known)
    page = page_of(changed)
    assert "### Known: 1" in page
    assert f"- CART-02: update: odd, `{bug.signature}`; SHOP-1" in page.splitlines()


@settings(deadline=None)
@given(any_text)
def test_no_text_of_a_target_is_markup(text: str) -> None:
    """The page has the same parts, whatever the target answered."""
    page = page_of(*run_with("CART-02", text=text))
    page.encode("utf-8")
    # The curl lines have the shape of the replay line where curl cannot send the request.
    plain = page_of(*run_with("CART-02", text="é" if "cannot send them" in page else "x"))
    assert shape_of(page) == shape_of(plain)


@pytest.mark.parametrize("longest", [16_384, MAX_COMMENT])
@pytest.mark.parametrize("text", ["x", "<@#`\u202e" * 400])
def test_it_is_never_too_long(longest: int, text: str) -> None:
    """500 discrepancies: as many as fit in full, then one line each, then their number."""
    page = page_of(
        *run_with(*(f"RULE-{number}" for number in range(500)), text=text), longest=longest
    )
    assert len(page.encode("utf-8")) <= longest
    assert page.startswith("## FAILED: 500 discrepancies")
    assert "### 1. RULE-0" in page
    assert "more discrepancies are in summary.json" in page
    assert page.rstrip().endswith("discrepancies/.")
    assert page.count("<details>") == page.count("</details>")


def test_a_long_list_of_known_ones_is_cut_by_lines() -> None:
    """It takes no room from what was not tested, and says that it is not whole."""
    summary = summary_of("odd")
    (bug,) = summary.discrepancies
    known = [
        msgspec.structs.replace(bug, signature=f"CART-02-{number:010x}") for number in range(500)
    ]
    page = page_of(msgspec.structs.replace(summary, discrepancies=[], known=known))
    lines = page.splitlines()
    assert "### Known: 500" in lines
    assert lines.index("- and more in summary.json") < lines.index("### Not tested")
    assert len(page) < 8_000
