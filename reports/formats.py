"""The formats of a report, each one file in the folder of its run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..analysis import RunReproducers, Summary
from ..analysis.report_format import Format
from ..contract import ConfigurationError
from .har import write_har
from .junit import write_junit
from .run_folder import JUNIT_FILE, RECORD_FILE, SUMMARY_FILE
from .sarif import write_sarif
from .step_summary import write_markdown_report
from .summary_json import write_summary

_EXTRA = "cartfuzz[html]"


FILES = {
    Format.HTML: "report.html",
    Format.JUNIT: JUNIT_FILE,
    Format.MARKDOWN: "report.md",
    Format.SARIF: "report.sarif",
    Format.HAR: "report.har",
    Format.JSON: SUMMARY_FILE,
}
"""The file of each format."""
LINKING = frozenset((Format.HTML, Format.MARKDOWN, Format.SARIF))
"""The formats that name the summary and the artefacts of the run."""
_Writer = Callable[[Summary, RunReproducers, Path], None]


def formats_named(text: str, *, option: str) -> tuple[Format, ...]:
    """The formats that an option names, each once.

    Args:
        text: names with commas between them: ``"html,sarif"``.
        option: who gave them, for the error.

    Raises:
        ConfigurationError: one of them does not exist, or there is none.
    """
    names = [part.strip() for part in text.split(",")]
    known = {one.value: one for one in Format}
    for name in names:
        if name not in known:
            raise ConfigurationError(
                option,
                expected=f"some of {', '.join(known)}, with commas between them",
                found=repr(text),
            )
    return tuple(dict.fromkeys(known[name] for name in names))


def check_formats(formats: Iterable[Format], *, option: str) -> None:
    """Checks that what ``formats`` need is installed, before a run begins.

    Raises:
        ConfigurationError: a package is missing; the text names the command that installs it.
    """
    if Format.HTML in formats:
        _html_writer(option)


def write_formats(
    formats: Sequence[Format], summary: Summary, found: RunReproducers, folder: Path, *, option: str
) -> tuple[str, ...]:
    """Writes the report in each of ``formats`` into the folder of its run.

    Args:
        formats: what to write; see `check_formats`.
        summary: of the run.
        found: what can be executed again.
        folder: of the run; it holds the record.
        option: who asked for it, for the error.

    Returns:
        Notes for the user: what could not be written besides the files of the run.

    Raises:
        ConfigurationError: a package is missing; nothing is written.
        OSError: a file cannot be written; the error names its path.
    """
    notes: tuple[str, ...] = ()
    # HTML first, since a package may be missing for it alone.
    for one in sorted(formats, key=lambda one: one is not Format.HTML):
        path = folder / FILES[one]
        if one is Format.HTML:
            _html_writer(option)(summary, found, path)
        elif one is Format.JUNIT:
            write_junit(summary, path)
        elif one is Format.MARKDOWN:
            notes = write_markdown_report(summary, found, path)
        elif one is Format.SARIF:
            write_sarif(summary, path)
        elif one is Format.HAR:
            write_har(found, folder / RECORD_FILE, path)
        else:
            write_summary(summary, path)
    return notes


def formats_line(folder: Path, formats: Iterable[Format]) -> str:
    """The line that names the files of ``formats`` in ``folder``."""
    return f"report: {folder}/{', '.join(FILES[one] for one in formats)}"


def _html_writer(option: str) -> _Writer:
    try:
        from .html import write_html  # noqa: PLC0415 - it takes an extra
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            option,
            expected=f"what html needs to be installed; run: pip install '{_EXTRA}'",
            found=f"no module {error.name}",
        ) from None
    return write_html
