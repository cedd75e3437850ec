"""An API to practise on: the embedded reference target and its seeded faults.

A second, independent reading of the contract: its validation and its state machine are its own;
with the rest of the project it shares only the environment and the limits.
"""

from __future__ import annotations

from .dialects import DIALECTS, Dialect
from .faults import (
    FAULTS,
    Difficulty,
    Fault,
    FaultClass,
    UnknownFaultError,
    environment_with,
    fault_named,
)
from .process import RunningSandbox, start
from .profiles import PROFILES, Profile
from .server import SandboxError, serve_forever

__all__ = [
    "DIALECTS",
    "FAULTS",
    "PROFILES",
    "Dialect",
    "Difficulty",
    "Fault",
    "FaultClass",
    "Profile",
    "RunningSandbox",
    "SandboxError",
    "UnknownFaultError",
    "environment_with",
    "fault_named",
    "serve_forever",
    "start",
]
