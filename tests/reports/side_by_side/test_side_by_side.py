"""Reports of a comparison: complete, bounded, and nothing that a target sends is obeyed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis.side_by_side import (
    ComparedStep,
    ComparedTarget,
    Difference,
    DifferenceEntry,
    PartDifference,
    ShownDifference,
    SideBySide,
    Standing,
    Verdict,
)
from cartfuzz.contract import MARK, ContractVersion, Scenario, Update
from cartfuzz.reports.side_by_side import (
    JSON_FILE,
    MARKDOWN_FILE,
    side_by_side_lines,
    write_side_by_side,
)

HOSTILE = "<script>x</script>\x1b[31m\u202e```\n| a | b |\n# heading"


def entry(
    signature: str = "DIFF-1",
    *,
    standing: Standing = Standing.CONFIRMED,
    cause: str = "",
    answer: str = '{"total": 2, "a": 1}',
    value: str = "2",
    marked: tuple[str, ...] = (),
) -> DifferenceEntry:
    shown = ShownDifference(
        difference=PartDifference(part="total", old="a number", new="a greater number"),
        at="total",
        old="1",
        new=value,
    )
    difference = Difference(
        step=0, operation="update", situation="update of an open session", shown=shown
    )
    return DifferenceEntry(
        signature=signature,
        title=difference.title,
        difference=difference,
        standing=standing,
        scenarios=3,
        shown=5,
        confirmations=5,
        is_minimal=True,
        scenario=Scenario(title="", sessions=(MARK,), steps=(Update(body={}),)),
        steps=(
            ComparedStep(
                step=0,
                method="PUT",
                target="/v2/customer_sessions/a",
                body="{}",
                old_status=200,
                new_status=200,
                old='{"total": 1, "a": 1}',
                new=answer,
                differences=(shown,),
                marked=('-   "total": 1', f"+   {answer}", '+   "total": 2', *marked),
            ),
        ),
        cause=cause or signature,
    )


def result(*entries: DifferenceEntry, **changed: Any) -> SideBySide:
    return msgspec.structs.replace(
        SideBySide(
            run="abcdefgh",
            old=ComparedTarget(url="http://127.0.0.1:1", requests=9, accepted_writes=4),
            new=ComparedTarget(url="http://127.0.0.1:2", requests=9, accepted_writes=4),
            contract=ContractVersion.V2_5_1,
            seed=1,
            started="2026-01-01T00:00:00Z",
            seconds=2.0,
            scenarios=3,
            steps=9,
            sweeps={"edges": 10},
            swept={"edges": 5},
            allow_partial=True,
            entries=entries,
        ),
        **changed,
    )


def test_a_cause_is_shown_with_its_further_signs() -> None:
    """Title, standing, requests with both statuses, values, marked lines, what belongs to it."""
    lines = list(side_by_side_lines(result(entry(), entry("DIFF-2", cause="DIFF-1"))))
    text = "\n".join(lines)
    assert "1. update of an open session: total: a number -> a greater number" in text
    assert "PUT /v2/customer_sessions/a {}  => 200 | 200" in text
    assert "total: 1 -> 2" in text
    assert '-   "total": 1' in text
    assert '+   "total": 2' in text
    assert "with the same cause: 1 further difference" in text
    assert "50% of the sweeps" in text
    assert lines[-1] == "DIFFERENCES: 2 differences of 1 cause"


@pytest.mark.parametrize(
    ("compared", "verdict"),
    [
        (result(), Verdict.NO_DIFFERENCE),
        (result(allow_partial=False), Verdict.PARTIAL),
        (result(allow_partial=False, swept={"edges": 10}), Verdict.NO_DIFFERENCE),
        (result(entry(), allow_partial=False), Verdict.DIFFERENCES),
        (result(entry()), Verdict.DIFFERENCES),
        (result(entry(standing=Standing.NOT_CONFIRMED)), Verdict.DIFFERENCES),
        (result(entry(standing=Standing.FLAKY)), Verdict.FLAKY),
        (result(entry(standing=Standing.UNSTEADY)), Verdict.NO_DIFFERENCE),
        (result(entry(), lost="the new target: connection refused"), Verdict.TARGET_LOST),
        (result(is_interrupted=True), Verdict.INTERRUPTED),
        (result(entry(), is_interrupted=True), Verdict.DIFFERENCES),
        (result(old=ComparedTarget(url="http://a", requests=9)), Verdict.INCONCLUSIVE),
    ],
)
def test_the_verdict(compared: SideBySide, verdict: Verdict) -> None:
    """A lost target first, then what shows every time; the last line names it with a reason."""
    assert compared.verdict is verdict
    last = list(side_by_side_lines(compared))[-1]
    assert last.startswith(f"{verdict.word}: ")
    assert len(last) > len(verdict.word) + 2


def test_what_comes_and_goes_is_listed_apart() -> None:
    """Flaky and unsteady ones have headings of their own, and no number."""
    compared = result(
        entry("DIFF-1", standing=Standing.FLAKY), entry("DIFF-2", standing=Standing.UNSTEADY)
    )
    text = "\n".join(side_by_side_lines(compared))
    assert text.index("Flaky:") < text.index("Unsteady:")
    assert "1. " not in text


def test_notes_name_what_was_not_compared() -> None:
    """Reasons with their numbers, late reads, what the user left out."""
    compared = result(
        not_compared={"requests at the same time": 5}, settled_reads=2, ignored=("$.a",)
    )
    text = "\n".join(side_by_side_lines(compared))
    assert "not compared 5 times: requests at the same time" in text
    assert "2 reads differed at first" in text
    assert "left out as asked: $.a" in text


def test_nothing_that_a_target_sends_is_obeyed(tmp_path: Path) -> None:
    """Neither a terminal nor a page takes a target's text for anything else."""
    compared = result(entry(answer=HOSTILE, value=HOSTILE), lost=HOSTILE)
    for line in side_by_side_lines(compared):
        assert line.isprintable()
    write_side_by_side(compared, tmp_path)
    page = (tmp_path / MARKDOWN_FILE).read_text("utf-8")
    outside = re.sub(r"^(`{3,})diff$.*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", outside)  # code in a line
    assert HOSTILE.splitlines()[0] not in outside
    assert "<script>" not in outside
    assert "\x1b" not in page
    assert "\n# heading" not in page
    assert "\n| a | b |" not in page
    assert '"verdict": "target lost"' in (tmp_path / JSON_FILE).read_text("ascii")


def test_the_document_reads_back(tmp_path: Path) -> None:
    """``compare.json`` holds the whole result, with its version."""
    compared = result(entry(), entry("DIFF-2", cause="DIFF-1"))
    write_side_by_side(compared, tmp_path)
    document = json.loads((tmp_path / JSON_FILE).read_text("utf-8"))
    assert document.pop("verdict") == "differences"
    assert document["format"] == 1
    assert msgspec.convert(document, SideBySide) == compared


def test_a_long_report_is_bounded() -> None:
    """The terminal shows ten causes and names the rest; an answer shows forty lines."""
    lines = tuple(f'+ "m{index}": {index}' for index in range(3_000))
    many = [entry(f"DIFF-{index}", marked=lines) for index in range(30)]
    shown = list(side_by_side_lines(result(*many)))
    assert "and 20 more: see the report" in shown
    assert len(shown) < 10 * 60
    assert max(map(len, shown)) < 1_000


def test_the_document_is_ascii_and_reads_back_whatever_a_target_sent(tmp_path: Path) -> None:
    """Other scripts, symbols beyond 16 bits and lone surrogates are escaped, not lost."""
    for text in (HOSTILE, "\u00e9 \U0001f6d2 \u202e", "\ud800"):
        compared = result(entry(answer=text))
        write_side_by_side(compared, tmp_path)
        document = json.loads((tmp_path / JSON_FILE).read_text("ascii"))
        assert document["entries"][0]["steps"][0]["new"] == text
