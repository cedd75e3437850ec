"""The only room with a socket: sends requests, returns answers, judges nothing."""

from __future__ import annotations

from .direct import DirectTransport
from .http import HttpTransport
from .messages import Answer, Direct, Fate, NoAnswer, Request, Transport

__all__ = [
    "Answer",
    "Direct",
    "DirectTransport",
    "Fate",
    "HttpTransport",
    "NoAnswer",
    "Request",
    "Transport",
]
