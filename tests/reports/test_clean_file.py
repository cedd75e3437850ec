"""Files of reports are searched for secrets when they are written, whatever came in before."""

from __future__ import annotations

from pathlib import Path

from cartfuzz.contract import MARK, Fetch, Scenario
from cartfuzz.reports.clean_file import write_clean
from cartfuzz.reports.reproduction import write_artefact
from cartfuzz.wire.known_secrets import remember
from cartfuzz.wire.secrets import TargetSecrets

from .reproduction.examples import artefact, request

KEY = "9fK2mQ7xT4bN8vL1zR6w"
GATE = "aB3dE6gH9jK2mN5pQ8sT"


def test_a_file_holds_no_secret_of_this_process(tmp_path: Path) -> None:
    """In plain and in other case; all else is as it was."""
    remember(TargetSecrets(KEY, headers=(("X-Gate", GATE),)))
    write_clean(tmp_path / "one", f"a {KEY} b {GATE.upper()} c\n".encode())
    assert (tmp_path / "one").read_bytes() == b"a [API key] b [secret] c\n"


def test_artefacts_are_written_that_way(tmp_path: Path) -> None:
    """Each file of a discrepancy."""
    remember(TargetSecrets(KEY))
    scenario = Scenario(title=f"title {KEY}", sessions=(MARK,), steps=(Fetch(),))
    sent = request(body=f'{{"note":"{KEY}"}}'.encode())
    one = artefact(None, requests=(sent,), scenario=scenario, exchanges=())
    write_artefact(one, tmp_path)
    texts = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert texts
    assert not any(KEY in text for text in texts)
