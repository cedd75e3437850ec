"""The container, the GitHub Action and the GitLab component: linted, and their scripts run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml

from cartfuzz.contract import Environment
from cartfuzz.sandbox import start

ROOT = Path(__file__).parents[2]
KEY = "the-key"
HANG_SEC = 300


def tool(name: str) -> str:
    """A command of the virtual environment that runs the tests."""
    found = shutil.which(name, path=Path(sys.executable).parent)
    assert found, f"expected {name} beside {sys.executable}; install the extra dev"
    return found


def action() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return read


def test_the_dockerfile_is_without_fault() -> None:
    """By hadolint."""
    subprocess.run([tool("hadolint"), ROOT / "Dockerfile"], check=True, timeout=HANG_SEC)


def test_the_container_gets_every_file_of_the_wheel() -> None:
    """Docker ignores all but what is named, and each folder of the package is."""
    named = re.findall(r"^!(.+?)/?$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    rooms = {name.split(".")[1] for name in packages["packages"] if "." in name} | {"package"}
    assert rooms | {"pyproject.toml", "README.md", "LICENSE"} == set(named)


def test_the_action_and_the_component_are_valid(tmp_path: Path) -> None:
    """By the schemas of GitHub and of GitLab."""
    _, job = (ROOT / "templates" / "cartfuzz.yml").read_text("utf-8").split("\n---\n")
    (tmp_path / "job.yml").write_text(job, "utf-8")
    files = {"github-actions": ROOT / "action.yml", "gitlab-ci": tmp_path / "job.yml"}
    for schema, file in files.items():
        subprocess.run(
            [tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", file],
            check=True,
            timeout=HANG_SEC,
        )


def test_the_component_uses_the_inputs_that_it_declares() -> None:
    """And all of them."""
    head, job = (ROOT / "templates" / "cartfuzz.yml").read_text("utf-8").split("\n---\n")
    assert set(yaml.safe_load(head)["spec"]["inputs"]) == set(
        re.findall(r"\$\[\[ inputs\.(\w+) \]\]", job)
    )


def test_the_action_runs(tmp_path: Path) -> None:
    """Its last step, as GitHub runs it: options of several words reach the command whole."""
    step = action()["runs"]["steps"][-1]
    assert {one for one in step["env"] if f"${one}" not in step["run"]} == {"CARTFUZZ_API_KEY"}
    command = tmp_path / "temp" / "cartfuzz" / "bin" / "cartfuzz"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cartfuzz.cli "$@"\n', "utf-8")
    command.chmod(0o755)
    (tmp_path / "shop.toml").write_text("[environment]\n", "utf-8")
    (tmp_path / "known failures.toml").touch()
    options = ("--requests=100", "--seed=1", "--no-minimise", "--report", "markdown")
    with start(Environment(), api_key=KEY) as sandbox:
        variables = {
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "CARTFUZZ_API_KEY": KEY,
            "URL": sandbox.url,
            "CONFIG": "shop.toml",
            "BASELINE": "known failures.toml",
            "RUNS": "runs",
            "REPORT": "runs/7",
            "OPTIONS": "\n".join((*options, "")),
        }
        done = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=tmp_path,
            env={**os.environ, **variables},
            text=True,
            capture_output=True,
            check=True,
            timeout=HANG_SEC,
        )
    assert "PASSED  exit code 0" in done.stdout
    assert (tmp_path / "runs" / "7" / "report.md").is_file()
    left = {one.name for one in tmp_path.iterdir()}
    assert ".hypothesis" not in left, "a command leaves nothing where it was started"
