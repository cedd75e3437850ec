"""Settings that a project has for its own tests do not disturb the suite."""

from __future__ import annotations

import pytest

from .runs import SUITE, outcomes, run_pytest, run_suite

FEW = ("--cartfuzz-explore", "0", "-k", "STATE-08 or test_machine")
FEW_OUTCOMES = {"test_rule[2.5.1-STATE-08]": "PASSED", "test_machine[2.5.1]": "PASSED"}
SWITCHED_OFF = "cartfuzz: the suite needs Cartfuzz's plugin, which is switched off*: add -p *"


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_a_time_limit_for_each_test_does_not_end_the_sending(
    pytester: pytest.Pytester, method: str
) -> None:
    """Whichever test of the suite comes first waits for it; the project's own test is limited."""
    pytester.makeini(f"[pytest]\ntimeout = 0.02\ntimeout_method = {method}\n")
    assert outcomes(run_suite(pytester, *FEW)) == FEW_OUTCOMES


def test_the_suite_is_collected_whatever_the_project_calls_its_tests(
    pytester: pytest.Pytester,
) -> None:
    """Beside the project's own tests, each once."""
    pytester.makeini(
        "[pytest]\npython_files = *_spec.py\npython_functions = it_*\npython_classes = *\n"
    )
    pytester.makepyfile(own_spec="def it_works():\n    pass\n")
    result = run_suite(pytester, "--collect-only", "-qq", "own_spec.py")
    ids = [line for line in result.outlines if "::" in line]
    assert len(ids) == len(set(ids))
    names = {line.partition("::")[2].partition("[")[0] for line in ids}
    assert names == {"it_works", "test_rule", "test_cell", "test_phase", "test_machine"}


def test_other_files_of_the_project_are_collected_by_its_own_patterns(
    pytester: pytest.Pytester,
) -> None:
    """The plugin collects nothing but the suite."""
    pytester.makeini("[pytest]\npython_files = *_spec.py\n")
    pytester.makepyfile(test_other="def test_it():\n    pass\n")
    result = pytester.runpytest_inprocess("--collect-only", "-q")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_plugin_that_is_switched_off_is_one_sentence(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where markers are strict; the option that it names brings the suite back."""
    off = run_pytest(pytester, "-p", "no:cartfuzz", "--strict-markers", "--pyargs", SUITE)
    assert off.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in off.errlines if line.strip()]
    assert line.startswith("ERROR: cartfuzz: the suite needs Cartfuzz's plugin")
    assert "Error" not in off.stdout.str()
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    args = ("-p", "cartfuzz.pytest_plugin", "--cartfuzz-sandbox", "--pyargs", SUITE, "-v")
    result = run_pytest(pytester, *args, "-k", "CART-07")
    assert outcomes(result) == {"test_rule[2.5.1-CART-07]": "PASSED"}


def test_workers_of_a_plugin_that_is_switched_off_report_one_error(
    pytester: pytest.Pytester,
) -> None:
    """The controller of pytest-xdist cannot know it before."""
    result = run_pytest(pytester, "-p", "no:cartfuzz", "-n", "1", "--pyargs", SUITE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([SWITCHED_OFF])
