"""``cartfuzz compare`` on two sandboxes: equal ones, faulty ones, lawful other ones, lost ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cartfuzz.analysis.side_by_side import SideBySide, Standing
from cartfuzz.cli import main
from cartfuzz.cli.compare import lower_rate
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment, Fetch, Scenario
from cartfuzz.harness.plan import CorpusScenarios, Plan, TriageBudget
from cartfuzz.harness.side_by_side import Listener, PairPlan, compare_targets
from cartfuzz.record import Phase
from cartfuzz.sandbox import FAULTS, RunningSandbox, environment_with, start
from cartfuzz.wire.secrets import TargetSecrets

from ..smallest import known

Output = pytest.CaptureFixture[str]
KEY = "a-key-for-practice"
OTHER_KEY = "another-key-for-practice"
PLENTY = TriageBudget(seconds=600.0, seconds_each=600.0)

FAULTY = (
    "counts-item-costs-twice",  # totals
    "leaves-costs-out-of-the-total",
    "rounds-prices-to-cents",  # integrity
    "appends-to-lists",
    "opens-closed-sessions",  # states
    "ignores-closing",
    "answers-invalid-bodies-with-422",  # errors
    "forgets-the-message",
    "answers-errors-in-html",
    "writes-campaign-ids-as-texts",  # effects
    "rejects-without-a-reason",
    "names-no-discount",
    "discounts-the-costs-too",  # discounts
    "gives-points-without-the-decimals",  # loyalty points
    "returns-one-too-many",  # returns
    "dry-updates-store",  # dry
    "accepts-one-item-too-many",  # boundaries
    "lowers-identifiers",  # identity
    "repairs-truncated-json",  # wire
    "reads-without-effects",
)


def sandbox(**options: Any) -> RunningSandbox:
    return start(**{"api_key": KEY, **options})


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)


@pytest.fixture(scope="module")
def clean() -> Iterator[str]:
    with sandbox() as running:
        yield running.url


def compare(old: str, new: str, folder: Path, *arguments: str) -> int:
    return main(["compare", old, new, "--seed", "1", "--report-dir", str(folder), *arguments])


def document(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "compare.json").read_text("utf-8"))
    return read


def known_scenario_compared(
    environment: Environment, old: str, new: str, scenario: Scenario
) -> SideBySide:
    """The scenario between reads that do not matter, then minimised."""
    padded = Scenario(
        title="padded",
        sessions=scenario.sessions,
        steps=(Fetch(), *scenario.steps, Fetch(), Fetch()),
    )
    plans = [
        Plan(
            url=url,
            environment=environment,
            phases=(Phase.CORPUS,),
            known=CorpusScenarios(failures=(padded,)),
            scenarios=1,
        )
        for url in (old, new)
    ]
    plan = PairPlan(old=plans[0], new=plans[1], triage=PLENTY)
    return compare_targets(plan, (TargetSecrets(KEY), TargetSecrets(KEY)))


def test_equal_sandboxes_do_not_differ(clean: str, tmp_path: Path, capsys: Output) -> None:
    """All edges and malformed requests: not one difference, flaky or not, and exit 0."""
    with sandbox() as other:
        assert compare(clean, other.url, tmp_path, "--phase", "edges", "--phase", "wire") == 0
    found = document(tmp_path)
    assert found["verdict"] == "no difference"
    assert found["entries"] == []
    assert found["swept"] == found["sweeps"]
    assert "NO DIFFERENCE" in capsys.readouterr().out


def test_a_part_of_the_sweeps_is_no_pass(clean: str, tmp_path: Path, capsys: Output) -> None:
    """Exit 8 where the time is over first; not where the user asked for a part."""
    with sandbox() as other:
        assert compare(clean, other.url, tmp_path, "--duration", "0.3s") == 8
        assert "PARTIAL: " in capsys.readouterr().out
        assert compare(clean, other.url, tmp_path, "--duration", "0.3s", "--allow-partial") == 0
        assert compare(clean, other.url, tmp_path, "--scenarios", "2") == 0


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_found_and_minimised(name: str) -> None:
    """The new build has it: the difference shows every time, in no more steps than are needed."""
    environment = environment_with((name,), EXAMPLE_ENVIRONMENT)
    scenario = known()[name].scenario
    assert name in {fault.name for fault in FAULTS.values()}
    with (
        sandbox(environment=environment) as old,
        sandbox(environment=environment, faults=(name,)) as new,
    ):
        result = known_scenario_compared(environment, old.url, new.url, scenario)
    confirmed = result.of(Standing.CONFIRMED)
    assert confirmed
    assert all(entry.shown == entry.confirmations == 5 for entry in confirmed)
    assert all(entry.is_minimal for entry in confirmed)
    assert min(len(entry.scenario.steps) for entry in confirmed) <= len(scenario.steps) + 1
    assert result.of(Standing.FLAKY, Standing.UNSTEADY) == ()
    own = {"id", "created", "updated", "campaignId", "rulesetId"}
    for part in (entry.difference.part for entry in confirmed):
        if part.part.rpartition(".")[2] in own:
            # Not its value: whether it stayed, or what it is at all.
            assert "one of before" in (part.old, part.new) or part.new == "a text"


@pytest.mark.parametrize(
    ("dialect", "form"),
    [("AddsUnknownMembers", "missing"), ("WritesNullForUnsetMembers", "null")],
)
def test_a_lawful_dialect_is_a_difference(
    clean: str, tmp_path: Path, capsys: Output, dialect: str, form: str
) -> None:
    """Two builds may both be right and differ: that is what is asked here."""
    with sandbox(dialects=(dialect,)) as other:
        code = compare(clean, other.url, tmp_path, "--requests", "60", "--minimise-time", "5s")
    assert code == 1
    differences = [
        one["difference"]["shown"]["difference"] for one in document(tmp_path)["entries"]
    ]
    assert any(form in (one["old"], one["new"]) for one in differences)
    out = capsys.readouterr().out
    assert "DIFFERENCES" in out
    assert "\x1b" not in out


def test_a_difference_is_shown_with_both_answers(
    clean: str, tmp_path: Path, capsys: Output
) -> None:
    """Requests with both statuses, the place, both values, the lines that differ."""
    with sandbox(faults=("forgets-the-message",)) as other:
        assert compare(clean, other.url, tmp_path, "--requests", "60") == 1
    out = capsys.readouterr().out
    page = (tmp_path / "compare.md").read_text("utf-8")
    assert "message: a text -> missing" in out
    assert '-   "message": ' in out
    assert re.search(r"=> (4\d\d) \| \1$", out, re.MULTILINE)
    assert '-   "message": ' in page
    assert "diff\n" in page
    assert KEY not in out + page + (tmp_path / "compare.json").read_text("utf-8")


def test_what_is_ignored_does_not_differ(clean: str, tmp_path: Path) -> None:
    """By the option and by the file of the project."""
    configuration = tmp_path / "cartfuzz.toml"
    configuration.write_text('[compare]\nignore = ["$.nothing"]\n', "utf-8")
    arguments = ("--requests", "60", "--config", str(configuration))
    with sandbox(faults=("forgets-the-message",)) as other:
        assert compare(clean, other.url, tmp_path, *arguments) == 1
        assert compare(clean, other.url, tmp_path, *arguments, "--ignore", "$.message") == 0
        configuration.write_text('[compare]\nignore = ["$.message"]\n', "utf-8")
        assert compare(clean, other.url, tmp_path, *arguments) == 0
    assert document(tmp_path)["ignored"] == ["$.message"]


def test_each_target_may_have_a_key_of_its_own(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """``--api-key-env-b`` names the variable of the second one; a refused key is exit 3."""
    monkeypatch.setenv("OTHER_KEY", OTHER_KEY)
    few = ("--requests", "20")
    with start(api_key=OTHER_KEY) as other:
        assert compare(clean, other.url, tmp_path, *few, "--api-key-env-b", "OTHER_KEY") == 0
        assert compare(clean, other.url, tmp_path, *few) == 3
        assert compare(clean, other.url, tmp_path, *few, "--api-key-env-b", "UNSET_KEY") == 2
        key_file = tmp_path / "key"
        key_file.write_text(OTHER_KEY)
        assert compare(clean, other.url, tmp_path, *few, "--api-key-file-b", str(key_file)) == 0
    assert "--api-key-env-b" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("http://example.com", "http://127.0.0.1:1"), "--allow-host example.com"),
        (("http://127.0.0.1:1", "http://example.com"), "--allow-host example.com"),
        (("http://127.0.0.1:1", ""), "target URL"),
        (("http://127.0.0.1:1",), "URL_B"),
        (("http://127.0.0.1:1", "http://127.0.0.1:2", "--phase", "race"), "--phase"),
        (("http://127.0.0.1:1", "http://127.0.0.1:2", "--ignore", "message"), "--ignore"),
        (("http://127.0.0.1:1", "http://127.0.0.1:2", "--rps", "0"), "--rps"),
    ],
)
def test_bad_usage(arguments: tuple[str, ...], message: str, capsys: Output) -> None:
    """Exit 2 with one line that names what to change; nothing is sent."""
    assert main(["compare", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_folder_that_cannot_be_written(clean: str, tmp_path: Path, capsys: Output) -> None:
    """Exit 2 before anything is sent."""
    (tmp_path / "file").touch()
    assert compare(clean, clean, tmp_path / "file" / "below") == 2
    assert "--report-dir: expected a folder that can be written" in capsys.readouterr().err


def test_the_help_names_what_a_rate_holds_for(capsys: Output) -> None:
    """A comparison has no workers."""
    assert main(["compare", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "requests a second, to each target" in text
    assert "over all workers" not in text


def test_the_lower_rate_holds_for_both() -> None:
    """Both get each request in step, whichever of them is the polite one."""
    plans = [
        Plan(url="http://127.0.0.1:1", environment=Environment(), rps=rate) for rate in (None, 5.0)
    ]
    for old, new in (plans, reversed(plans)):
        assert lower_rate(PairPlan(old=old, new=new)) == 5.0


def test_one_database_for_both_is_refused(clean: str, tmp_path: Path, capsys: Output) -> None:
    """Both get the same sessions: on one database the second write would be another one."""
    assert compare(clean, clean, tmp_path) == 2
    assert "database of its own" in capsys.readouterr().err


def test_a_target_that_nobody_serves(clean: str, tmp_path: Path, capsys: Output) -> None:
    """Exit 3, on either side."""
    assert compare(clean, "http://127.0.0.1:9", tmp_path) == 3
    assert compare("http://127.0.0.1:9", clean, tmp_path) == 3
    assert "127.0.0.1:9" in capsys.readouterr().err


def test_a_target_lost_midway(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """Exit 3; the report names it, and its end makes no difference."""
    with sandbox() as other:

        def compare_and_close(*given: Any, stop: Any, **_: Any) -> SideBySide:
            listener = Listener(begun=lambda _: other.close())
            return compare_targets(*given, stop=stop, listener=listener)

        monkeypatch.setattr("cartfuzz.cli.compare.compare_targets", compare_and_close)
        assert compare(clean, other.url, tmp_path, "--requests", "400") == 3
    assert "TARGET LOST: the new target: " in capsys.readouterr().out
    found = document(tmp_path)
    assert found["entries"] == []
    assert found["scenarios"] <= 5
