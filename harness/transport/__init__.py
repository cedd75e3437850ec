"""The only room with a socket: sends requests, returns answers, judges nothing."""

from __future__ import annotations

from .http import HttpTransport
from .messages import Answer, Fate, NoAnswer, Request, Transport

__all__ = ["Answer", "Fate", "HttpTransport", "NoAnswer", "Request", "Transport"]
