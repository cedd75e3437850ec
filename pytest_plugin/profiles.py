"""Registers Hypothesis profiles under the project's prefix."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_PROFILES = {"cartfuzz-dev": 20, "cartfuzz-ci": 60, "cartfuzz-nightly": 1_000}
"""Name to examples a test."""
_REPRODUCIBLE = "cartfuzz-ci"


def register_profiles() -> None:
    """Registers ``cartfuzz-dev``, ``cartfuzz-ci`` and ``cartfuzz-nightly``.

    None has a deadline, since a target may be slow. For the same reason a run of a state machine
    has 20 steps: shrinking repeats it many times. ``cartfuzz-ci`` draws the same in every run and
    keeps no database.
    """
    for name, examples in _PROFILES.items():
        reproducible = name == _REPRODUCIBLE
        settings.register_profile(
            name,
            max_examples=examples,
            deadline=None,
            stateful_step_count=20,
            derandomize=reproducible,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            **({"database": None} if reproducible else {}),
        )
