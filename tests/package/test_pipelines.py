"""The jobs of docs/ci.md do what they say: their scripts run as a CI system runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cartfuzz.contract import Environment
from cartfuzz.sandbox import start

PAGE = (Path(__file__).parents[2] / "docs" / "ci.md").read_text("utf-8")
KEY = "the-key"
HANG_SEC = 600
REPORT = "cartfuzz-runs/42"
STUBS = {
    "cartfuzz": f'#!/bin/sh\nexec "{sys.executable}" -m cartfuzz.cli "$@" --report markdown '
    "--requests 100 --seed 1 --no-minimise\n",
    "pip": "#!/bin/sh\n",
    "python": "#!/bin/sh\nmkdir -p .venv/bin && : > .venv/bin/activate\n",
    "gh": '#!/bin/sh\necho "$@" > sent\n',
    "curl": '#!/bin/sh\ncat > header\necho "$@" > sent\n',
}
"""Short runs of Cartfuzz, and what a test must not do: install, and write comments."""


def block(language: str, comment: str) -> str:
    """The block of the page whose first line names the file of a CI system."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (found,) = (one for one in blocks if comment in one.partition("\n")[0])
    return str(found)


def github() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load(block("yaml", ".github/"))["jobs"]["cartfuzz"]
    return job


def gitlab() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load(block("yaml", ".gitlab-ci"))["cartfuzz"]
    return job


SCRIPTS: dict[str, list[str]] = {
    "github": [step["run"] for step in github()["steps"] if "run" in step],
    "gitlab": [*gitlab()["script"], *gitlab()["after_script"]],
    "jenkins": re.findall(r"sh '''(.*?)'''", block("groovy", "Jenkinsfile"), re.DOTALL),
}
"""By CI system, the lines that its shell runs."""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with configuration and baseline, and a folder of stubs."""
    (tmp_path / "cartfuzz.toml").write_text("[environment]\n", "utf-8")
    (tmp_path / "cartfuzz-baseline.toml").touch()
    (tmp_path / "bin").mkdir()
    for name, text in STUBS.items():
        (tmp_path / "bin" / name).write_text(text, "utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def execute(lines: list[str], workspace: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Runs each of ``lines`` as a CI system does; they must not fail."""
    variables = {
        "STAGING_URL": url,
        "CARTFUZZ_SOURCE": "cartfuzz[html]",
        "CARTFUZZ_API_KEY": KEY,
        "REPORT": REPORT,
        "PULL_REQUEST": "7",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_API_V4_URL": "https://git.example.com/api/v4",
        "CI_PROJECT_ID": "3",
        "COMMENT_TOKEN": "the-token",
    }
    path = f"{workspace / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=workspace,
        env={**os.environ, **variables, "PATH": path},
        text=True,
        capture_output=True,
        check=True,
        timeout=HANG_SEC,
    )


@pytest.mark.parametrize("system", SCRIPTS)
def test_the_script_of_a_job_runs(system: str, workspace: Path) -> None:
    """Twice: the second job finds the run of the first. The comment is there, and no secret."""
    lines = SCRIPTS[system]
    with start(Environment(), api_key=KEY) as sandbox:
        first = execute(lines, workspace, sandbox.url)
        assert "no earlier run: cartfuzz-runs does not exist yet" in first.stdout
        assert "PASSED  exit code 0" in first.stdout
        (workspace / REPORT).rename(workspace / "cartfuzz-runs" / "41")
        second = execute(lines, workspace, sandbox.url)
    assert "compared with cartfuzz-runs/41: " in second.stdout
    assert (workspace / REPORT / "junit.xml").is_file()
    if system != "jenkins":
        sent = (workspace / "sent").read_text()
        assert f"{REPORT}/comment.md" in sent
        assert "the-token" not in sent
    assert (workspace / REPORT / "comment.md").is_file()


def test_a_failing_run_fails_the_job(workspace: Path) -> None:
    """An unset URL is bad usage, and the job stops there."""
    with pytest.raises(subprocess.CalledProcessError) as failed:
        execute(SCRIPTS["github"], workspace, "")
    assert failed.value.returncode == 2
    assert not (workspace / "sent").exists()


def test_the_files_that_jobs_hand_in_are_those_of_the_report() -> None:
    """The paths of artefacts, of JUnit and of SARIF."""
    assert gitlab()["artifacts"]["reports"] == {"junit": "$REPORT/junit.xml"}
    assert gitlab()["variables"]["REPORT"].startswith("cartfuzz-runs/")
    job = github()
    assert job["env"]["REPORT"].startswith("cartfuzz-runs/")
    (sarif,) = (step for step in job["steps"] if "upload-sarif" in step.get("uses", ""))
    assert sarif["with"]["sarif_file"].endswith("/report.sarif")
    (cache,) = (step for step in job["steps"] if "actions/cache" in step.get("uses", ""))
    assert cache["with"]["path"] == "cartfuzz-runs"
    assert gitlab()["cache"]["paths"] == ["cartfuzz-runs"]
    assert 'junit "${env.REPORT}/junit.xml"' in block("groovy", "Jenkinsfile")
