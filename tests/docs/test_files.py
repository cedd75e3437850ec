"""Configurations, jobs and other files that the pages show are valid."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from cartfuzz.harness.baseline_file import read_baseline
from cartfuzz.harness.configuration import read_configuration

from .blocks import Block, executable

PROJECT = frozenset(("build-system", "project", "tool"))
"""The tables of a ``pyproject.toml``."""
SIGNATURE = re.compile(r"[A-Z]+-U?\d+-[0-9a-f]{10}\Z")
HANG_SEC = 300


@pytest.mark.parametrize("block", executable("toml"), ids=lambda block: block.name)
def test_configurations_are_read(block: Block, tmp_path: Path) -> None:
    """Each TOML block is a configuration or a baseline that Cartfuzz takes, or of a project, which
    may have a configuration in it."""
    content = tomllib.loads(block.text)
    keys = content.keys()
    is_project = keys <= PROJECT
    path = tmp_path / ("pyproject.toml" if is_project else "cartfuzz.toml")
    path.write_text(block.text, "utf-8")
    if all(map(SIGNATURE.match, keys)):
        assert read_baseline(path)
    elif not is_project or "cartfuzz" in content.get("tool", {}):
        read_configuration(path)


@pytest.mark.parametrize("block", executable("yaml"), ids=lambda block: block.name)
def test_yaml_is_read(block: Block) -> None:
    """Each YAML block is YAML."""
    assert yaml.safe_load(block.text)


def test_json_is_read() -> None:
    """Each JSON block is JSON."""
    for block in executable("json"):
        json.loads(block.text)


@pytest.mark.parametrize(
    ("file", "schema"), [("workflows", "github-workflows"), (".gitlab-ci", "gitlab-ci")]
)
def test_jobs_are_valid(file: str, schema: str, tmp_path: Path) -> None:
    """The jobs of the page on CI, by the schemas of GitHub and of GitLab."""
    jobs = [one for one in executable("yaml") if file in one.text.partition("\n")[0]]
    assert len(jobs) == 1
    (tmp_path / "job.yml").write_text(jobs[0].text, "utf-8")
    tool = Path(sys.executable).with_name("check-jsonschema")
    command = [str(tool), "--builtin-schema", f"vendor.{schema}", str(tmp_path / "job.yml")]
    subprocess.run(command, check=True, timeout=HANG_SEC, capture_output=True)
