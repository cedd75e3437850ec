"""``cartfuzz triage``: walks through what a run found, and asks what to do with each."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import click
import msgspec

from ..analysis import Bug, Summary
from ..analysis.baseline import entries_for
from ..harness.baseline_file import read_baseline, write_baseline
from ..harness.folder_lock import locked_folder
from ..record import KnownFailure
from ..reports import discrepancy_lines, plain
from ..reports.run_folder import ARTEFACTS_FOLDER, run_folder_at
from .baseline import baseline_option
from .completions import folders
from .exit_codes import ExitCode
from .explain import explanation
from .records import summary_at

_EXPLANATION = "explain.md"
_QUESTION = "[a]ccept, [o]bserve its rule here, [e]xplain, [s]kip, [q]uit"


@click.command("triage")
@click.argument("run_dir", type=click.Path(path_type=Path), shell_complete=folders)
@baseline_option("The TOML file that accepted discrepancies are added to.")
def command(*, run_dir: Path, baseline: Path) -> ExitCode:
    """Decide on each discrepancy of RUN_DIR: accept it, or only observe its rule on this target.

    Accepted ones go into the baseline, each as soon as it is accepted. The lines for the table
    [rules] of the configuration are printed at the end. It asks questions, so it needs a terminal.
    """
    if not sys.stdin.isatty():
        raise click.UsageError(
            "triage asks questions: expected a terminal on standard input, found none; "
            "cartfuzz baseline accept asks nothing"
        )
    summary = summary_at(run_dir)
    folder = run_folder_at(run_dir)
    with locked_folder(folder) if folder.is_dir() else nullcontext():
        _Walk(summary, run_dir, baseline).go()
    return ExitCode.NOTHING_FOUND


class _Walk:
    """One walk through the discrepancies of a run."""

    def __init__(self, summary: Summary, run_dir: Path, baseline: Path) -> None:
        self._summary = summary
        self._run_dir = run_dir
        self._baseline = baseline
        self._entries = read_baseline(baseline) if baseline.exists() else {}
        self._accepted = 0
        self._observed: dict[str, str] = {}
        """By rule, the reason."""

    def go(self) -> None:
        """Asks about each discrepancy that is not known yet, then prints what was decided."""
        bugs = [one for one in self._summary.discrepancies if one.signature not in self._entries]
        for number, bug in enumerate(bugs, start=1):
            if bug.rule in self._observed:
                continue
            click.echo("\n".join(self._lines(bug)))
            click.echo(f"\n{number} of {len(bugs)}: {bug.signature}")
            if not self._decide(bug):
                break
        self._conclude()

    def _decide(self, bug: Bug) -> bool:
        """Asks until there is a decision; False: no further ones are wanted."""
        while True:
            answer = click.prompt(_QUESTION, type=click.Choice(list("aoesq")), show_choices=False)
            if answer == "e":
                click.echo(self._explanation(bug))
                continue
            if answer == "a":
                self._accept(bug)
            elif answer == "o":
                self._observed[bug.rule] = _text("why is the rule only observed here?")
            return bool(answer != "q")

    def _accept(self, bug: Bug) -> None:
        known = KnownFailure(
            reason=_text("reason"),
            ticket=click.prompt("ticket (may be empty)", default="", show_default=False).strip(),
        )
        self._entries |= entries_for(bug, known)
        write_baseline(self._baseline, self._entries)
        self._accepted += 1

    def _lines(self, bug: Bug) -> list[str]:
        return discrepancy_lines(msgspec.structs.replace(self._summary, discrepancies=[bug]))

    def _explanation(self, bug: Bug) -> str:
        """The explanation in the run's folder, or, where there is none, that of the rule."""
        path = run_folder_at(self._run_dir) / ARTEFACTS_FOLDER / bug.signature / _EXPLANATION
        try:
            lines = path.read_text("utf-8", "backslashreplace").splitlines()
        except OSError:
            lines = list(explanation(bug.rule, self._summary.contract))
        return "\n".join(plain(line) for line in lines)

    def _conclude(self) -> None:
        if self._accepted:
            click.echo(f"accepted: {self._accepted}; run with --baseline {self._baseline}")
        if self._observed:
            click.echo("add to the configuration file:\n\n[rules]")
        for rule, reason in self._observed.items():
            quoted = json.dumps(reason, ensure_ascii=False)
            click.echo(f'{rule} = {{ level = "observe", reason = {quoted} }}')
        if not self._accepted and not self._observed:
            click.echo("nothing was decided")


def _text(question: str) -> str:
    """An answer on one line that is not empty."""
    while True:
        answer = plain(str(click.prompt(question)).strip())
        if answer:
            return answer
