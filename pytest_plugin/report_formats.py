"""Reads the option that names the formats of the report."""

from __future__ import annotations

import pytest

from ..analysis.report_format import Format
from ..contract import ConfigurationError
from ..reports.formats import check_formats, formats_named
from .options import PluginSettings

OPTION = "--cartfuzz-report"


def formats_of(settings: PluginSettings) -> tuple[Format, ...]:
    """The formats besides the files that every report has.

    Raises:
        ConfigurationError: one of them does not exist.
    """
    return formats_named(settings.report, option=OPTION) if settings.report else ()


def check_report(settings: PluginSettings) -> None:
    """Checks the formats before a test runs.

    Raises:
        pytest.UsageError: a format does not exist, a package is missing, or there is no folder.
    """
    try:
        check_formats(formats_of(settings), option=OPTION)
    except ConfigurationError as error:
        raise pytest.UsageError(f"cartfuzz: {error}") from None
    if settings.report and settings.report_dir is None:
        raise pytest.UsageError(
            f"cartfuzz: {OPTION}: expected --cartfuzz-report-dir DIR beside it, the folder for "
            f"the files, found {settings.report!r} alone"
        )
