"""What holds for all tests: none fails because the machine is slow, none writes into a CI job."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# In a job of GitHub Actions, reports would be added to the summary of the step that runs the tests.
os.environ.pop("GITHUB_STEP_SUMMARY", None)

settings.register_profile(
    "cartfuzz-tests",
    deadline=None,
    # A busy machine draws slowly, in tests of the tests' own strategies as well.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cartfuzz-tests")
