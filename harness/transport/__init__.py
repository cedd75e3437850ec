"""Sends requests and returns responses. The only modules with a socket; they judge nothing."""

from __future__ import annotations

from .choice import open_transport
from .http import HttpTransport
from .protocols import Transport

__all__ = ["HttpTransport", "Transport", "open_transport"]
