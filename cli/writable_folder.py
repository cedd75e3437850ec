"""The folder that ``--report-dir`` names."""

from __future__ import annotations

from pathlib import Path

from ..contract import ConfigurationError


def check_writable(folder: Path) -> None:
    """Makes the report folder and writes a file in it, before anything is sent.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".cartfuzz-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        raise ConfigurationError(
            "--report-dir", expected="a folder that can be written", found=f"{folder}: {reason}"
        ) from None
