"""Importing the package changes nothing for others in the process."""

from __future__ import annotations

import subprocess
import sys

_IMPORT_ALONE = """
import hypothesis_jsonschema._from_schema as drawing
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS
from hypothesis.internal.conjecture import utils

before = dict(AVAILABLE_PROVIDERS)
import cartfuzz.strategies

assert AVAILABLE_PROVIDERS == before, set(AVAILABLE_PROVIDERS) - set(before)
assert drawing.cu is utils, drawing.cu
"""

_FIRST_USE = """
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS
from cartfuzz.strategies import draw_examples, from_declared_schema

before = set(AVAILABLE_PROVIDERS)
schema = {"type": "object", "additionalProperties": {"type": "boolean"}}
assert len(draw_examples(from_declared_schema(schema), seed=1, count=5)) == 5
assert set(AVAILABLE_PROVIDERS) - before == {"cartfuzz-seeded"}
"""


def _run(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_import_has_no_side_effects() -> None:
    """Hypothesis' backends and hypothesis-jsonschema are as before the import."""
    _run(_IMPORT_ALONE)


def test_the_first_use_is_enough() -> None:
    """The backend is registered, and hypothesis-jsonschema adapted, when a value is drawn."""
    _run(_FIRST_USE)
