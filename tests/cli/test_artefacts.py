"""The folder of each discrepancy: its script and its test fail on the bug and pass without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Scenario
from cartfuzz.sandbox import FAULTS as FAULTS_BY_NAME
from cartfuzz.sandbox import start

KEY = "artefact-key-of-the-sandbox"
FAULTS = (
    "has-no-item-limit",
    "forgets-costs-when-repeated",
    "creates-twice",
    "counts-bytes-for-characters",
    "ignores-quantities",
    "dry-updates-store",
    "fails-on-list-bodies",
    "returns-only-once",
    "shows-stack-traces",
)


UNUSUAL = (
    "reads-not-a-number",
    "fails-on-deep-bodies",
    "applies-bodies-that-break-off",
    "creates-twice",
)
"""Faults that only odd bytes, cut connections and concurrent requests show."""


WHOLE_RUN = {
    "refuses-unknown-properties-of-full-carts": ("MERGE-U3", 4_500),
    "replaces-attributes-of-full-carts": ("MERGE-U1", 2_000),
    "reuses-ids": ("RESP-07", 2_500),
    "touches-old-sessions": ("RESP-03", 2_500),
}
"""Faults that take more than one scenario: the rule, and requests that are enough to show it."""


def artefacts_of(path: Path, faults: Sequence[str], *options: str) -> list[Path]:
    """The folders that a run on a sandbox with ``faults`` writes under ``path``."""
    named = [part for fault in faults for part in ("--sandbox-fault", fault)]
    assert main(["run", *named, "--seed", "1", "-q", "--report-dir", str(path), *options]) == 1
    return sorted((path / "discrepancies").iterdir())


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The artefacts of a run with several faults at once."""
    return artefacts_of(tmp_path_factory.mktemp("run"), FAULTS, "--requests", "4500")


@pytest.fixture(scope="module")
def unusual(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The artefacts of raw requests, cuts and races."""
    phases = [part for phase in ("wire", "race", "lost") for part in ("--phase", phase)]
    return artefacts_of(tmp_path_factory.mktemp("run"), UNUSUAL, *phases, "--requests", "3000")


def environment_for(url: str) -> dict[str, str]:
    """The environment variables of a script that is to test ``url``."""
    return {**os.environ, "CARTFUZZ_URL": url, "CARTFUZZ_API_KEY": KEY}


_TRIES = 10
"""How often a race may be missed before it counts as not reproduced."""


def run_script(folder: Path, url: str) -> int:
    """The exit code of the script in ``folder``: 1 if it reproduced the bug, else 0."""
    done = subprocess.run(
        ["sh", str(folder / "reproduce.sh")],  # noqa: S607 - the shell of the system
        env=environment_for(url),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert ("bug not reproduced" in done.stdout) == (done.returncode == 0), done.stderr
    return done.returncode


def run_pytest(folder: Path, url: str) -> int:
    """The exit code of the test in ``folder``: 1 if it failed, else 0."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_reproduce.py"],
        cwd=folder,
        env=environment_for(url),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "1 failed" in done.stdout or "1 passed" in done.stdout, done.stdout
    return done.returncode


def scripted(folders: list[Path]) -> list[Path]:
    """The folders that have scripts."""
    return [folder for folder in folders if (folder / "reproduce.sh").exists()]


def exit_codes(folders: list[Path], url: str) -> dict[str, tuple[int, int]]:
    """The exit codes of script and test by name of the folder."""

    def both(folder: Path) -> tuple[str, tuple[int, int]]:
        return folder.name, (run_script(folder, url), run_pytest(folder, url))

    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(both, scripted(folders)))


def assert_shown(codes: dict[str, tuple[int, int]], folders: list[Path], url: str) -> None:
    """Script and test of each folder fail.

    Those of a race and of a cut get several tries: chance decides in which order a server handles
    requests, and how far it has read when it notices a cut.
    """
    for folder in scripted(folders):
        shown = codes[folder.name]
        scenario = (folder / "scenario.json").read_text()
        if '"burst"' in scenario or '"cut"' in scenario:
            for ran, run in enumerate((run_script, run_pytest)):
                assert shown[ran] or any(run(folder, url) for _ in range(_TRIES)), folder.name
        else:
            assert shown == (1, 1), folder.name


def test_they_fail_while_the_bug_is_there(folders: list[Path]) -> None:
    """Every script ends with 1 and every test fails on a target with the faults."""
    with start(EXAMPLE_ENVIRONMENT, faults=FAULTS, api_key=KEY) as sandbox:
        ended = exit_codes(folders, sandbox.url)
        assert ended.keys() == {folder.name for folder in scripted(folders)}
        assert_shown(ended, folders, sandbox.url)


def test_they_pass_once_it_is_gone(folders: list[Path]) -> None:
    """The same scripts end with 0 and the same tests pass on a target without the faults."""
    with start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox:
        assert exit_codes(folders, sandbox.url) == {
            folder.name: (0, 0) for folder in scripted(folders)
        }


def test_odd_requests_cuts_and_races_are_scripted(unusual: list[Path]) -> None:
    """They are sent byte by byte: both fail with the faults and pass without them."""
    solid = [one for one in unusual if "5 times out of 5" in (one / "explain.md").read_text()]
    sent = {one.name: (one / "test_reproduce.py").read_text() for one in scripted(unusual)}
    for way in ("'on one connection'", "'cut in the body'", "'together'"):
        assert any(way in text for text in sent.values()), (way, sorted(sent))
    with start(EXAMPLE_ENVIRONMENT, faults=UNUSUAL, api_key=KEY) as sandbox:
        assert_shown(exit_codes(solid, sandbox.url), solid, sandbox.url)
    with start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox:
        assert set(exit_codes(unusual, sandbox.url).values()) == {(0, 0)}


@pytest.mark.parametrize("fault", WHOLE_RUN)
def test_what_takes_a_whole_run_is_scripted(fault: str, tmp_path: Path) -> None:
    """Contradictions and invariants of the run: on fresh targets both fail with the fault only."""
    rule, requests = WHOLE_RUN[fault]
    environment = FAULTS_BY_NAME[fault].environment(EXAMPLE_ENVIRONMENT)
    made = artefacts_of(tmp_path, [fault], "--no-minimise", "--requests", str(requests))
    own = next(folder for folder in made if folder.name.startswith(rule))
    for faults, ended in (([fault], 1), ([], 0)):
        for run in (run_script, run_pytest):
            with start(environment, faults=faults, api_key=KEY) as sandbox:
                assert run(own, sandbox.url) == ended, (run.__name__, faults)


def test_each_folder_explains_itself(folders: list[Path]) -> None:
    """Requests, answers, rule and difference are there, and the scenario can be read back."""
    rules = {folder.name.rpartition("-")[0] for folder in folders}
    assert {"CART-02", "MERGE-01", "IDENT-06"} <= rules
    for folder in folders:
        explanation = (folder / "explain.md").read_text()
        assert folder.name in explanation
        assert folder.name.rpartition("-")[0] in explanation
        assert "Answered **" in explanation or "No answer" in explanation
        assert "+++ found" in explanation
        scenario = json.loads((folder / "scenario.json").read_text())
        assert msgspec.convert(scenario, Scenario).steps


def test_most_can_be_scripted(folders: list[Path]) -> None:
    """At most a quarter has no script: the model alone can judge those."""
    without = [folder.name for folder in folders if folder not in scripted(folders)]
    assert len(without) <= len(folders) // 4, without


def test_a_new_run_replaces_them(folders: list[Path], tmp_path: Path) -> None:
    """The artefacts of an earlier run are removed; files of others stay."""
    own = tmp_path / "discrepancies" / "CART-02-0123456789"
    own.mkdir(parents=True)
    (own / "explain.md").write_text("old")
    kept = tmp_path / "discrepancies" / "notes.txt"
    kept.write_text("mine")
    assert main(["run", "--sandbox", "-q", "--scenarios", "1", "--report-dir", str(tmp_path)]) == 0
    assert not own.exists()
    assert kept.read_text() == "mine"
