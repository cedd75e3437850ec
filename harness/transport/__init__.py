"""Sends requests and returns responses. The only room with a socket; it judges nothing."""

from __future__ import annotations

from .direct import DirectTransport
from .http import HttpTransport
from .protocols import Direct, Transport

__all__ = ["Direct", "DirectTransport", "HttpTransport", "Transport"]
