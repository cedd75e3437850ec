"""The names of the formats of a report."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    """A page for people."""
    JUNIT = "junit"
    """The rules as test cases, for CI systems."""
    MARKDOWN = "markdown"
    """For the summary of a CI job, or a comment on a merge request."""
    SARIF = "sarif"
    """The discrepancies as results of an analysis, for code scanning."""
    HAR = "har"
    """The exchanges, for HTTP tools."""
    JSON = "json"
    """The summary, for scripts."""
