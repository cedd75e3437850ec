"""The only room with a socket: sends requests, returns answers, judges nothing."""

from __future__ import annotations

from .direct import DirectTransport
from .heads import Heads
from .http import HttpTransport
from .messages import Answer, Direct, Fate, NoAnswer, Request, Transport

__all__ = [
    "Answer",
    "Direct",
    "DirectTransport",
    "Fate",
    "Heads",
    "HttpTransport",
    "NoAnswer",
    "Request",
    "Transport",
]
