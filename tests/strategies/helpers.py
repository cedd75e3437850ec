"""Draws and shrinks without a test around them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

_Value = TypeVar("_Value")


def minimal(strategy: st.SearchStrategy[_Value], condition: Callable[[_Value], bool]) -> _Value:
    """The smallest example that meets ``condition``."""
    with warnings.catch_warnings():
        # A cart of 1000 items has a long repr; that is what is asked for here.
        warnings.filterwarnings("ignore", "Generating overly large repr", HypothesisWarning)
        return find(
            strategy,
            condition,
            settings=settings(
                max_examples=2_000,
                database=None,
                derandomize=True,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
