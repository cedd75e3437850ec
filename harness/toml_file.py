"""Reads TOML files as people write them, on any system and with any editor."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path
from typing import Any

from ..contract import ConfigurationError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_toml(path: Path, *, where: str = "") -> dict[str, Any]:
    """The tables of a TOML file. A byte order mark, which editors on Windows write, is skipped.

    Args:
        path: of the file.
        where: what errors name; empty: the path.

    Raises:
        ConfigurationError: the file cannot be read, or is no TOML.
    """
    where = where or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise ConfigurationError(where, expected="a readable file", found=reason) from None
    if content.startswith(_UTF_16):
        raise ConfigurationError(
            where, expected="a TOML file in UTF-8", found="UTF-16; save it as UTF-8"
        )
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(where, expected="a TOML file", found=str(error)) from None
