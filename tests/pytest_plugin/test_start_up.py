"""Where no test needs a target, the plugin imports pytest and the standard library only."""

from __future__ import annotations

import sys

import pytest

HEAVY = ("hypothesis", "requests", "msgspec", "filelock", "rich", "cartfuzz.contract")

_REPORT = f"""
import sys

def test_what_is_imported():
    assert "cartfuzz.pytest_plugin" in sys.modules
    print("imported:", [name for name in {HEAVY!r} if name in sys.modules])
"""


def test_the_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    """The module alone, without pytest."""
    code = f"import sys, cartfuzz.pytest_plugin; print([n for n in {HEAVY!r} if n in sys.modules])"
    result = pytester.run(sys.executable, "-c", code)
    result.stdout.fnmatch_lines(["[[]]"])


def test_a_run_without_a_target_imports_nothing_heavy(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks, options and the header included."""
    # Other plugins that happen to be installed import what they like.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(_REPORT)
    result = pytester.runpytest_subprocess("-s", "-p", "cartfuzz.pytest_plugin")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*imported: [[]]*"])


def test_a_profile_of_cartfuzz_is_there_when_asked_for(pytester: pytest.Pytester) -> None:
    """The profile is registered before Hypothesis loads it."""
    pytester.makepyfile(
        """
        from hypothesis import settings

        def test_profile():
            assert settings().max_examples == 1_000
            assert settings().deadline is None
        """
    )
    result = pytester.runpytest_subprocess("--hypothesis-profile", "cartfuzz-nightly")
    result.assert_outcomes(passed=1)


def test_options_are_checked_without_strategies(pytester: pytest.Pytester) -> None:
    """Hypothesis warns of plugins that read its files early; here each warning is an error."""
    pytester.path.joinpath("known.json").write_text("{}", "utf-8")
    pytester.makepyfile(
        """
        import sys

        def test_what_is_imported():
            assert "cartfuzz.pytest_plugin.target_run" in sys.modules
            assert "cartfuzz.strategies" not in sys.modules
        """
    )
    result = pytester.runpytest_subprocess(
        *("-W", "error", "--cartfuzz-sandbox-fault", "closes-cancelled-sessions"),
        *("--cartfuzz-baseline", "known.json", "--cartfuzz-corpus", "corpus"),
    )
    result.assert_outcomes(passed=1)
