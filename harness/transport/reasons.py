"""Why no answer came, in a few words."""

from __future__ import annotations

from http.client import HTTPException, RemoteDisconnected

import urllib3


def reason_of(error: BaseException, timeout_sec: float) -> str:
    """A few words about ``error`` that name no addresses of memory and no secret.

    Args:
        error: what a socket, `http.client`, `urllib3` or `requests` raised.
        timeout_sec: the deadline that the request had.
    """
    chain = _causes(error)
    timeouts = (TimeoutError, urllib3.exceptions.ReadTimeoutError)
    if any(isinstance(link, timeouts) for link in chain):
        return f"no complete answer within {timeout_sec:g} s"
    for link in chain:
        if isinstance(link, OSError) and link.strerror:
            return link.strerror.lower()
    if any(isinstance(link, RemoteDisconnected) for link in chain):
        return "connection closed without an answer"
    if any(isinstance(link, HTTPException) for link in chain):
        return "an answer that is no HTTP"
    return type(chain[-1]).__name__


def _causes(error: BaseException) -> list[BaseException]:
    """``error`` and what caused it, the outermost first."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return chain
