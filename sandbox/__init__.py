"""Serves an API to practise on, with seeded faults and lawful dialects to switch on.

The sandbox is a second, independent reading of the contract. Its validation and its state machine
are its own; it shares only the environment and the limits with the rest of the project.
"""

from __future__ import annotations

from .dialects import DIALECTS, Area, Dialect
from .faults import (
    FAULTS,
    Difficulty,
    Fault,
    FaultClass,
    UnknownFaultError,
    environment_with,
    fault_named,
)
from .mixtures import Mixture, mixture
from .process import RunningSandbox, start
from .profiles import PROFILES, Profile
from .server import SandboxError, serve_forever

__all__ = [
    "DIALECTS",
    "FAULTS",
    "PROFILES",
    "Area",
    "Dialect",
    "Difficulty",
    "Fault",
    "FaultClass",
    "Mixture",
    "Profile",
    "RunningSandbox",
    "SandboxError",
    "UnknownFaultError",
    "environment_with",
    "fault_named",
    "mixture",
    "serve_forever",
    "start",
]
