"""The pytest examples of the pages are real tests: a clean sandbox passes them, others fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cartfuzz.contract import ContractVersion, Environment
from cartfuzz.sandbox import start
from tests.docs.blocks import executable
from tests.docs.test_python import FIXTURE

from .runs import outcomes, run_tests

GUIDE = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text("utf-8")
EXAMPLES = [block.text for block in executable("python") if FIXTURE.search(block.text)]
SANDBOX = ("-p", "no:cacheprovider")


def write(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(**{f"test_example_{n}": text for n, text in enumerate(EXAMPLES)})


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_examples_pass(pytester: pytest.Pytester, workers: str) -> None:
    """On the clean sandbox, in one process and with workers."""
    write(pytester)
    result = run_tests(pytester, *SANDBOX, "-n", workers, "--cartfuzz-report-dir", "out")
    assert outcomes(result) == dict.fromkeys(
        (
            "test_quantities_are_kept[1]",
            "test_quantities_are_kept[50]",
            "test_declared_attributes_are_kept",
            "test_a_cancelled_order_leaves_the_other_alone",
            "test_no_more_than_fifty_of_one_article",
        ),
        "PASSED",
    )
    assert (pytester.path / "out" / "summary.json").exists()


@pytest.mark.parametrize(
    ("fault", "red"),
    [
        ("closes-cancelled-sessions", "test_a_cancelled_order_leaves_the_other_alone"),
        ("ignores-cancelling", "test_a_cancelled_order_leaves_the_other_alone"),
    ],
)
def test_the_examples_fail_where_they_should(
    pytester: pytest.Pytester, fault: str, red: str
) -> None:
    """A fault of the sandbox fails the example that is about it, and no other."""
    write(pytester)
    result = run_tests(pytester, *SANDBOX, "--cartfuzz-sandbox-fault", fault)
    assert [name for name, word in outcomes(result).items() if word == "FAILED"] == [red]
    result.stdout.fnmatch_lines(["*ContractBrokenError: STATE-*", "*expected  *", "*found  *"])


def test_the_examples_need_no_declaration(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They pass on any target: here on one of the other contract version that declares nothing."""
    write(pytester)
    with start(Environment(contract=ContractVersion.CURRENT)) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        result = run_tests(
            pytester, *SANDBOX, "--cartfuzz-url", sandbox.url, "--cartfuzz-contract", "current"
        )
    assert set(outcomes(result).values()) == {"PASSED"}


def test_every_option_is_in_the_guide(pytester: pytest.Pytester) -> None:
    """What ``pytest --help`` lists is described."""
    text = pytester.runpytest_inprocess("--help").stdout.str()
    options = set(re.findall(r"--cartfuzz-[a-z-]+", text))
    assert len(options) > 10
    assert options <= set(re.findall(r"--cartfuzz-[a-z-]+", GUIDE))
