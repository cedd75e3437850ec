"""A run that is stopped, killed, or loses its target, and what becomes of its record."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cartfuzz.analysis import RunOutcome, Summary, read_summary
from cartfuzz.cli import main
from cartfuzz.cli.run_loop import carry_out
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment
from cartfuzz.harness.plan import Plan
from cartfuzz.reports.run_folder import new_run_folder, run_folder_at
from cartfuzz.sandbox import start
from cartfuzz.wire.secrets import TargetSecrets

from ..harness.transport.scripted_server import answering, scripted_server

Output = pytest.CaptureFixture[str]
FAULT = "refuses-to-create-closed"
HANG_SEC = 600
"""A hung process must end some day; a busy machine must not end one that works."""
UNKNOWN = b'{"message":"not found"}'
STORED = b'{"customerSession":{"integrationId":"a","state":"open"}}'
PROGRAM = (sys.executable, "-m", "cartfuzz.cli")


@contextmanager
def running(*arguments: str, key: str = "") -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own, in a group of its own, once it has printed its first line."""
    with subprocess.Popen(
        [*PROGRAM, "run", "--duration", "10m", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "CARTFUZZ_API_KEY": key},
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("cartfuzz ")
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code and the last line."""
    output, _ = process.communicate(timeout=HANG_SEC)
    return process.returncode, output.rstrip().splitlines()[-1]


def report_of(folder: Path) -> Summary:
    """The summary in ``folder``, whose JUnit file is whole."""
    assert ET.parse(folder / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - ours
    return read_summary(folder / "summary.json")


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGINT, "2"), (signal.SIGTERM, "1"), (signal.SIGHUP, "2")]
)
def test_a_signal_to_all_processes_keeps_the_verdict(
    tmp_path: Path, number: signal.Signals, workers: str
) -> None:
    """Ctrl-C, a CI job that is cancelled, a closed terminal: the files are there, exit 130."""
    options = ("--sandbox", "--workers", workers, "--report-dir", str(tmp_path))
    with running(*options) as process:
        os.killpg(process.pid, number)
        code, last = ended(process)
    assert code == 130
    assert last.startswith("INTERRUPTED  no discrepancy; interrupted after ")
    assert report_of(tmp_path).outcome is RunOutcome.INTERRUPTED


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_first_signal_is_answered_and_the_second_ends_the_run(
    tmp_path: Path, workers: str
) -> None:
    """Even where the target keeps a request for a day; the report is there, all processes end.

    A line comes before anything else happens, since the run waits for what it has sent.
    """
    first = [(404, UNKNOWN), (200, b'{"effects":[]}'), (200, STORED)]
    asked = threading.Event()

    def script(connection: socket.socket) -> None:
        """Answers the check before the run, and nothing after it."""
        if not first:
            asked.set()
            return
        status, body = first.pop(0)
        answering(status, body, headers=b"Content-Type: application/json\r\n")(connection)

    with scripted_server(script) as server:
        options = ("--timeout", "86400", "--workers", workers, "--report-dir", str(tmp_path))
        with running(server.url, *options, key="key-of-the-shop") as process:
            assert asked.wait(HANG_SEC)
            assert process.stderr is not None
            process.send_signal(signal.SIGTERM)
            assert process.stderr.readline().startswith("stopping: the report comes once")
            process.send_signal(signal.SIGINT)
            # Both pipes end once no process has them.
            output, errors = process.communicate(timeout=HANG_SEC)
    assert process.returncode == 130
    assert errors.split() == ["cartfuzz:", "stopped"]
    assert "the record is cut off: the run was killed" in output.splitlines()[-1]
    assert report_of(tmp_path).outcome is RunOutcome.INTERRUPTED


def test_a_second_signal_between_two_events_ends_the_run_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program has an event in hand, and the campaign must still not wait for its requests."""
    environment = Environment()  # it declares no code that the check before the run would try
    first = [(404, UNKNOWN), (200, b'{"effects":[]}'), (200, STORED)]
    asked = threading.Event()
    outcomes: list[str] = []

    def script(connection: socket.socket) -> None:
        """Answers the check before the run, and nothing after it."""
        if not first:
            asked.set()
            return
        status, body = first.pop(0)
        answering(status, body, headers=b"Content-Type: application/json\r\n")(connection)

    def interrupted(*_: object) -> None:
        assert asked.wait(HANG_SEC)
        raise KeyboardInterrupt

    monkeypatch.setattr("cartfuzz.cli.run_loop._follow", interrupted)
    with scripted_server(script) as server:
        plan = Plan(url=server.url, environment=environment, seed=1, timeout_sec=86_400)

        def run() -> None:
            try:
                carry_out(plan, TargetSecrets("key-of-the-shop"), tmp_path, verbosity=-1)
            except KeyboardInterrupt:
                outcomes.append("ended")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(HANG_SEC)
    assert outcomes == ["ended"]


def test_a_run_that_is_killed_leaves_no_report_of_an_earlier_one(tmp_path: Path) -> None:
    """Its record and the names of its sessions: no summary that passed, no page of another run."""
    for name in ("summary.json", "junit.xml", "report.html", "report.har", "comment.md"):
        (tmp_path / name).touch()
    with running("--sandbox", "--report-dir", str(tmp_path)) as process:
        process.kill()
        process.communicate(timeout=HANG_SEC)
    left = {path.name for path in tmp_path.iterdir()}
    assert left - {"sessions"} == {"events.ndjson", ".cartfuzz-lock"}


def test_what_was_found_counts_first(tmp_path: Path) -> None:
    """A run that found something before it was stopped is FAILED, and says that it was stopped."""
    report = tmp_path / "report"
    fault = ("--sandbox-fault", FAULT, "--no-minimise", "--seed", "1")
    with running(*fault, "--report-dir", str(report)) as process:
        with (report / "events.ndjson").open() as record:
            while '"discrepancies":[' not in record.readline():
                assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        code, last = ended(process)
    assert code == 1
    assert last.startswith("FAILED  1 discrepancy; interrupted after ")
    assert list((report / "discrepancies").iterdir())


def test_a_target_that_goes_away(tmp_path: Path) -> None:
    """Exit 3, and the last line says it, whatever was found."""
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        options = (sandbox.url, "--give-up-after", "1s", "--report-dir", str(tmp_path))
        with running(*options, key=sandbox.api_key) as process:
            sandbox.close()
            code, last = ended(process)
    assert code == 3
    assert last.startswith("TARGET LOST  ")
    assert last.endswith(f"; target: {sandbox.url}")
    assert report_of(tmp_path).outcome is RunOutcome.TARGET_LOST


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """Where the run itself is killed nothing more is sent: all its processes end."""
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        options = (sandbox.url, "--workers", "2", "--report-dir", str(tmp_path))
        with running(*options, key=sandbox.api_key) as process:
            process.kill()
            output, _ = process.communicate(
                timeout=HANG_SEC
            )  # returns once no process has the pipe
    assert process.returncode == -signal.SIGKILL
    assert "FAILED" not in output


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that found a fault."""
    path = tmp_path_factory.mktemp("run")
    options = ("--seed", "1", "--requests", "300", "-q", "--report-dir", str(path))
    assert main(["run", "--sandbox-fault", FAULT, *options]) == 1
    return path


def cut(failed: Path, folder: Path, share: float) -> Path:
    """A folder with the first part of the record of ``failed`` and nothing else."""
    folder.mkdir()
    record = (failed / "events.ndjson").read_bytes()
    (folder / "events.ndjson").write_bytes(record[: int(len(record) * share)])
    return folder


def test_a_report_is_made_of_a_record(failed: Path, tmp_path: Path, capsys: Output) -> None:
    """The same files as the run left, and its exit code."""
    folder = cut(failed, tmp_path / "run", 1.0)
    assert main(["report", str(folder)]) == 1
    assert read_summary(folder / "summary.json") == read_summary(failed / "summary.json")
    assert (folder / "junit.xml").read_bytes() == (failed / "junit.xml").read_bytes()
    assert [path.name for path in sorted((folder / "discrepancies").iterdir())] == [
        path.name for path in sorted((failed / "discrepancies").iterdir())
    ]
    assert capsys.readouterr().out.splitlines()[-1].startswith("FAILED  1 discrepancy; ")


@pytest.mark.parametrize("share", [0.1, 0.35, 0.6, 0.8, 0.95])
def test_a_record_that_was_cut_off_has_a_report(
    failed: Path, tmp_path: Path, share: float, capsys: Output
) -> None:
    """Wherever it was cut; the verdict says that it was."""
    folder = cut(failed, tmp_path / "run", share)
    code = main(["report", str(folder)])
    last = capsys.readouterr().out.splitlines()[-1]
    assert "the record is cut off: the run was killed" in last
    summary = report_of(folder)
    assert summary.reason is None
    assert code == (1 if summary.discrepancies else 130)
    assert (folder / "discrepancies").is_dir() == bool(summary.discrepancies)


def test_a_record_that_was_cut_off_is_replayed(
    failed: Path, tmp_path: Path, capsys: Output
) -> None:
    """What it holds is sent again; without a discrepancy it proves nothing; empty it is no run."""
    whole = cut(failed, tmp_path / "much", 0.95)
    assert main(["replay", str(whole)]) == 1
    assert capsys.readouterr().out.startswith("the record is cut off: the run may have found more")
    first = (failed / "events.ndjson").read_bytes().partition(b"\n")[0] + b"\n"
    little = tmp_path / "little"
    little.mkdir()
    (little / "events.ndjson").write_bytes(first)
    assert main(["replay", str(little)]) == 5
    (little / "events.ndjson").write_bytes(b"")
    for command in ("replay", "report"):
        assert main([command, str(little)]) == 2
        assert "found a record that was cut off before the run began" in capsys.readouterr().err


def test_runs_do_not_replace_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """Each has a folder with its run ID; the one above and `latest` lead to the last."""
    monkeypatch.chdir(tmp_path)
    for seed in ("1", "2"):
        assert main(["run", "--sandbox", "--scenarios", "1", "--seed", seed]) == 0
        assert "report: cartfuzz-report/" in capsys.readouterr().out
    base = Path("cartfuzz-report")
    runs = [path for path in base.iterdir() if path.name != "latest"]
    assert sorted(read_summary(run / "summary.json").seed for run in runs) == [1, 2]
    for path in (base, base / "latest"):
        assert main(["report", str(path), "-q"]) == 0
        assert read_summary(run_folder_at(path) / "summary.json").seed == 2
        assert main(["replay", str(path)]) == 0


def test_a_named_folder_is_replaced_and_says_so(tmp_path: Path, capsys: Output) -> None:
    """`--report-dir` decides; what was there is not lost without a word."""
    report = ("--scenarios", "1", "--report-dir", str(tmp_path))
    assert main(["run", "--sandbox", *report]) == 0
    assert "is replaced" not in capsys.readouterr().out
    assert main(["run", "--sandbox", *report]) == 0
    assert f"the report of an earlier run in {tmp_path} is replaced" in capsys.readouterr().out


def test_latest_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system makes none it is a file that names the folder."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refused)
    folder = new_run_folder(tmp_path, "abcdefgh")
    assert (tmp_path / "latest").read_text() == "abcdefgh\n"
    assert run_folder_at(tmp_path / "latest") == run_folder_at(tmp_path) == folder


def test_a_folder_that_is_called_latest_stays(tmp_path: Path) -> None:
    """Files of others are not touched."""
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "notes.txt").write_text("mine")
    new_run_folder(tmp_path, "abcdefgh")
    assert (tmp_path / "latest" / "notes.txt").read_text() == "mine"
    shutil.rmtree(tmp_path / "latest")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["abcdefgh"]
