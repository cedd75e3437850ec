"""What ``import cartfuzz`` offers."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import cartfuzz


@pytest.mark.parametrize("name", cartfuzz.__all__)
def test_each_name_is_offered_and_documented(name: str) -> None:
    """Each public name resolves, and what it names has a docstring of its own."""
    value = getattr(cartfuzz, name)
    assert name in dir(cartfuzz)
    if name not in {"__version__", "MARK"}:  # texts, which have the docstring of str
        assert (value.__doc__ or "").strip()
        assert f"`{name}`" in (cartfuzz.__doc__ or "")


def test_the_version_is_that_of_the_distribution() -> None:
    """``__version__`` is what pip installed."""
    assert cartfuzz.__version__ == version("cartfuzz")


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name is answered with the names that exist."""
    with pytest.raises(AttributeError, match=r"no attribute 'Enviroment'; it offers .*Environment"):
        _ = cartfuzz.Enviroment


def test_importing_the_package_imports_no_room() -> None:
    """A bare ``import cartfuzz`` loads nothing else, so a plugin or a script starts at once."""
    code = "import sys, cartfuzz; print([m for m in sys.modules if m.startswith('cartfuzz.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
