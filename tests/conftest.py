"""What holds for all tests: no test fails because the machine is slow."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "cartfuzz-tests",
    deadline=None,
    # A busy machine draws slowly, in tests of the tests' own strategies as well.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cartfuzz-tests")
