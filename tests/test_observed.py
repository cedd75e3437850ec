"""What is learnt of the clean sandbox is what was learnt before."""

from __future__ import annotations

import json

import pytest

from .observed import ENVIRONMENTS, FILE, observed


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_clean_sandbox_is_seen_as_before(name: str) -> None:
    """A change of the sandbox, the strategies or the oracle's words needs a new record."""
    assert observed(ENVIRONMENTS[name]) == json.loads(FILE.read_text("ascii"))[name]
