"""Reads the address of a server of this process: a port, or a host and a port."""

from __future__ import annotations

_LOOPBACK = "127.0.0.1"
_MAX_PORT = 65_535
ADDRESS = "PORT or HOST:PORT such as 9464"
"""What is expected, in messages."""
ADDRESS_PATTERN = r"^(?:.{1,255}:)?[0-9]{1,5}$"
"""The form of an address, for schemas."""


def address_of(text: str) -> tuple[str, int] | None:
    """Host and port; ``PORT`` alone is one of 127.0.0.1. None: it is no address."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdecimal() and int(port) <= _MAX_PORT):
        return None
    return host.strip("[]") or _LOOPBACK, int(port)


def address_text(address: tuple[str, int]) -> str:
    """``address`` as `address_of` reads it."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
