"""Sends requests and returns responses. The only modules with a socket; they judge nothing."""

from __future__ import annotations

from .http import HttpTransport, max_response_bytes
from .protocols import Transport

__all__ = ["HttpTransport", "Transport", "max_response_bytes"]
