"""The house's own rules: direction of imports, size of modules, names that are offered."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOMS = (
    "contract",
    "wire",
    "record",
    "analysis",
    "oracle",
    "strategies",
    "harness",
    "reports",
    "sandbox",
    "telemetry",
    "cli",
    "pytest_plugin",
    "suite",
)
ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def test_imports_run_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts of import-linter in pyproject.toml hold."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_offers_is_there(room: str) -> None:
    """Each name in a room's __all__ exists, once, in order."""
    package = importlib.import_module(f"cartfuzz.{room}")
    offered = getattr(package, "__all__", [])
    assert len(set(offered)) == len(offered)
    for name in offered:
        assert hasattr(package, name), name


@pytest.mark.parametrize("room", ROOMS)
def test_modules_are_packaged(room: str) -> None:
    """Each folder with modules is a package that pyproject.toml ships, and is importable."""
    package = importlib.import_module(f"cartfuzz.{room}")
    shipped = (ROOT / "pyproject.toml").read_text("utf-8")
    for module in pkgutil.walk_packages(package.__path__, f"cartfuzz.{room}."):
        if module.ispkg:
            assert f'"{module.name}"' in shipped, module.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_small_and_say_what_they_are(path: Path) -> None:
    """A module is read in one sitting and opens with what it is for."""
    text = path.read_text("utf-8")
    assert text.count("\n") <= 500
    assert text.startswith('"""')


def test_versions_agree() -> None:
    """The changelog's first entry is the version of the package."""
    shipped = re.search(
        r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE
    )
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert shipped is not None
    assert newest is not None
    assert shipped[1] == newest[1]
