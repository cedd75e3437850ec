"""Hypothesis profiles under the project's prefix."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_PROFILES = {"cartfuzz-dev": 20, "cartfuzz-ci": 60, "cartfuzz-nightly": 1_000}
"""Name to examples a test."""


def register_profiles() -> None:
    """Registers ``cartfuzz-dev``, ``cartfuzz-ci`` and ``cartfuzz-nightly``.

    None has a deadline: a target may be slow, and for the same reason the runs of a state machine
    are short: 20 steps, which shrinking repeats many times. ``cartfuzz-ci`` draws the same in every
    run and keeps no database.
    """
    for name, examples in _PROFILES.items():
        steady = name == "cartfuzz-ci"
        settings.register_profile(
            name,
            max_examples=examples,
            deadline=None,
            stateful_step_count=20,
            derandomize=steady,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            **({"database": None} if steady else {}),
        )
