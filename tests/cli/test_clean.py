"""What a run leaves, and what cancels it: ``cartfuzz clean`` and ``cartfuzz run --clean``."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.harness.folder_lock import locked_folder
from cartfuzz.sandbox.calls import Call, Reply

from ..served import KEY, Served, served
from .test_schemas import validator

Output = pytest.CaptureFixture[str]
HANG_SEC = 600
BOUNDS = ("--requests", "1500", "--no-minimise", "--seed", "1")
REFUSED = Reply(status=409, body=b'{"message":"not now"}')


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)


def run(sandbox: Served, folder: Path, *options: str) -> int:
    """A short run with its report in ``folder``; its exit code."""
    return main(["run", sandbox.url, "--report-dir", str(folder), *BOUNDS, *options])


def left_in(sandbox: Served) -> Counter[str]:
    """How many sessions are in each state that is not cancelled."""
    counts = Counter(sandbox.states().values())
    del counts["cancelled"]
    return counts


@pytest.mark.parametrize(
    ("faults", "workers"), [((), "1"), ((), "2"), (("refuses-to-create-closed",), "1")]
)
def test_after_a_run_and_a_cleaning_nothing_is_open(
    tmp_path: Path, capsys: Output, faults: Sequence[str], workers: str
) -> None:
    """With one worker and two, and with what triage makes where there is something to minimise."""
    with served(faults=faults) as sandbox:
        run(sandbox, tmp_path, "--workers", workers, *(("--minimise",) if faults else ()))
        assert left_in(sandbox)["open"] > 20
        assert f"to cancel them: cartfuzz clean {tmp_path}" in capsys.readouterr().out
        assert main(["clean", str(tmp_path)]) == 0
        assert not left_in(sandbox)


def test_a_second_cleaning_sends_nothing(tmp_path: Path, capsys: Output) -> None:
    """Nothing is left, so nothing is asked."""
    with served() as sandbox:
        run(sandbox, tmp_path)
        assert main(["clean", str(tmp_path)]) == 0
        before = len(sandbox.calls)
        capsys.readouterr()
        assert main(["clean", str(tmp_path)]) == 0
        assert len(sandbox.calls) == before
    assert "0 sessions cancelled" in capsys.readouterr().out


def test_a_cleaning_makes_no_session(tmp_path: Path) -> None:
    """Also where the target has lost all that the run made."""
    with served() as sandbox:
        run(sandbox, tmp_path)
        sandbox.service.store.sessions.clear()
        assert main(["clean", str(tmp_path)]) == 0
        assert not sandbox.states()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_run_is_cleaned_whole(tmp_path: Path, workers: str) -> None:
    """Parent and workers are killed with requests under way; every session was named before."""
    many = threading.Event()
    calls = iter(range(10**9))

    def count(_call: Call) -> None:
        if next(calls) > 300:
            many.set()

    with served(answer=count) as sandbox:
        command = [sys.executable, "-m", "cartfuzz.cli", "run", sandbox.url, "--duration", "10m"]
        with subprocess.Popen(
            [*command, "--report-dir", str(tmp_path), "--workers", workers],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "CARTFUZZ_API_KEY": KEY},
            start_new_session=True,
        ) as process:
            assert many.wait(HANG_SEC)
            os.killpg(process.pid, signal.SIGKILL)
        assert left_in(sandbox)
        assert main(["clean", str(tmp_path)]) == 0
        assert not left_in(sandbox)


def test_what_the_target_refuses_to_cancel_is_named(tmp_path: Path, capsys: Output) -> None:
    """Exit 5, with the sessions, their states, and what was answered; the others are cancelled."""
    refuses = threading.Event()

    def answer(call: Call) -> Reply | None:
        refused = refuses.is_set() and call.method == "PUT" and b"edge-" in call.path
        return REFUSED if refused else None

    with served(answer=answer) as sandbox:
        run(sandbox, tmp_path)
        refuses.set()
        capsys.readouterr()
        assert main(["clean", str(tmp_path), "--json", str(tmp_path / "clean.json")]) == 5
        output = capsys.readouterr().out
        left = sum(left_in(sandbox).values())
        assert left > 5
        written = json.loads((tmp_path / "clean.json").read_text("ascii"))
        validator("clean").validate(written)
        assert not written["complete"]
        assert written["runs"][0]["left"] == len(written["runs"][0]["named"]) == left
        assert f"not cancelled: {left} sessions" in output
        assert "open; its cancellation: answered 409" in output
        states = sandbox.states()
        assert all("edge-" in name for name, state in states.items() if state != "cancelled")
        refuses.clear()
        assert main(["clean", str(tmp_path)]) == 0
        assert not left_in(sandbox)


def test_a_run_can_clean_itself(tmp_path: Path, capsys: Output) -> None:
    """``--clean``: at its end, with the figures in its summary."""
    with served() as sandbox:
        run(sandbox, tmp_path, "--clean")
        assert not left_in(sandbox)
    output = capsys.readouterr().out
    assert "sessions cancelled" in output
    assert "to cancel them" not in output


def test_a_folder_is_not_cleaned_while_its_run_goes_on(tmp_path: Path, capsys: Output) -> None:
    """Exit 2, and nothing is sent: the run would take a cancellation for a fault of the target."""
    with served() as sandbox:
        run(sandbox, tmp_path)
        sandbox.calls.clear()
        with locked_folder(tmp_path):
            assert main(["clean", str(tmp_path)]) == 2
        assert not sandbox.calls
        assert "in use by process" in capsys.readouterr().err
        assert main(["clean", str(tmp_path)]) == 0


@pytest.mark.parametrize("restriction", ["--dry-only", "--read-only"])
def test_what_may_not_write_cannot_clean(tmp_path: Path, capsys: Output, restriction: str) -> None:
    """Bad usage for both commands, before anything is sent."""
    with served() as sandbox:
        assert run(sandbox, tmp_path / "restricted", "--clean", restriction) == 2
        assert "--clean cancels sessions" in capsys.readouterr().err
        assert not sandbox.calls
        run(sandbox, tmp_path)
        sandbox.calls.clear()
        assert main(["clean", str(tmp_path), restriction]) == 2
        assert "clean cancels sessions" in capsys.readouterr().err
        assert not sandbox.calls


def test_variables_count_over_what_the_run_had(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable of a key of ``[target]``; a wrong one, or one that forbids writes, is bad usage
    before anything is sent."""
    with served() as sandbox:
        run(sandbox, tmp_path)
        sandbox.calls.clear()
        for name, value in (("TRAFFIC", "reads"), ("RPS", "fast")):
            with monkeypatch.context() as context:
                context.setenv(f"CARTFUZZ_{name}", value)
                assert main(["clean", str(tmp_path)]) == 2
            assert f"CARTFUZZ_{name}" in capsys.readouterr().err
        assert not sandbox.calls
        monkeypatch.setenv("CARTFUZZ_TRACE_HEADER", "false")
        assert main(["clean", str(tmp_path)]) == 0
        assert sandbox.calls
        assert not any(sandbox.names())


def test_an_interrupted_run_cleans_itself(tmp_path: Path) -> None:
    """One Ctrl-C ends the run in order, and the cleaning belongs to that."""
    many = threading.Event()
    calls = iter(range(10**9))

    def count(_call: Call) -> None:
        if next(calls) > 300:
            many.set()

    with served(answer=count) as sandbox:
        command = [sys.executable, "-m", "cartfuzz.cli", "run", sandbox.url, "--duration", "10m"]
        with subprocess.Popen(
            [*command, "--report-dir", str(tmp_path), "--clean"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "CARTFUZZ_API_KEY": KEY},
        ) as process:
            assert many.wait(HANG_SEC)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=HANG_SEC)
        assert process.returncode == 130
        assert "sessions cancelled" in output
        assert not left_in(sandbox)


def test_a_target_that_is_gone_ends_a_cleaning_with_3(tmp_path: Path, capsys: Output) -> None:
    """Nothing is lost: the next call begins where this one ended."""
    with served() as sandbox:
        run(sandbox, tmp_path)
    assert main(["clean", str(tmp_path)]) == 3
    assert "does not answer" in capsys.readouterr().err


def test_a_wrong_key_ends_a_cleaning_with_3(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would fail for each session."""
    with served() as sandbox:
        run(sandbox, tmp_path)
        monkeypatch.setenv("CARTFUZZ_API_KEY", "quite-another-key")
        assert main(["clean", str(tmp_path)]) == 3
    assert "refuses the API key" in capsys.readouterr().err


def test_an_embedded_sandbox_leaves_nothing(tmp_path: Path, capsys: Output) -> None:
    """It ended with its run, so neither the run nor a cleaning has anything to do."""
    main(["run", "--sandbox", "--report-dir", str(tmp_path), "--requests", "200"])
    assert "to cancel them" not in capsys.readouterr().out
    assert main(["clean", str(tmp_path)]) == 0
    assert "nothing is left" in capsys.readouterr().out


def test_a_folder_without_a_run_is_bad_usage(tmp_path: Path, capsys: Output) -> None:
    """The line says what was expected."""
    assert main(["clean", str(tmp_path)]) == 2
    assert "expected the folder of a run" in capsys.readouterr().err


def test_a_new_run_in_the_folder_replaces_what_the_earlier_one_left(tmp_path: Path) -> None:
    """Else its sessions would be taken for those of the new one."""
    with served() as sandbox:
        run(sandbox, tmp_path)
        earlier = {*sandbox.states()}
        run(sandbox, tmp_path)
        assert main(["clean", str(tmp_path)]) == 0
        left = {name for name, state in sandbox.states().items() if state != "cancelled"}
        assert left
        assert left <= earlier


def is_about_header_limits(call: Call) -> bool:
    """Whether a request has many header lines, or a long one."""
    return len(call.headers) > 20 or any(len(value) > 1_000 for value in call.headers.values())


def names_of(sandbox: Served) -> list[str]:
    """What named each request, without the number of the request."""
    return [name.partition("#")[0] for name in sandbox.names()]


def test_each_request_names_run_scenario_and_step(tmp_path: Path) -> None:
    """Those of the preflight, of scenarios, of triage, of a replay and of a cleaning."""
    with served(faults=("refuses-to-create-closed",)) as sandbox:
        main(["run", sandbox.url, "--report-dir", str(tmp_path), "--requests", "800"])
        explained = next((tmp_path / "discrepancies").glob("*/explain.md")).read_text("utf-8")
        run_id = sandbox.names()[0][:8]
        unnamed = [call for call in sandbox.calls if "x-cartfuzz" not in call.headers]
        # Requests about limits on header lines carry no further one.
        assert all(is_about_header_limits(call) for call in unnamed)
        kinds = {name.split("/")[1] for name in names_of(sandbox) if name.startswith(run_id)}
        assert {"preflight", "edges", "minimise"} <= kinds
        assert f"X-Cartfuzz: {run_id}/minimise/0/" in explained
        shown = explained.partition("X-Cartfuzz: ")[2].partition("#")[0]
        assert shown in names_of(sandbox)
        sandbox.calls.clear()
        main(["replay", str(tmp_path)])
        assert {name.split("/")[1] for name in names_of(sandbox)} == {"preflight", "replay"}
        sandbox.calls.clear()
        main(["clean", str(tmp_path)])
        # The replay was a run of its own, and its sessions are cancelled too.
        assert f"{run_id}/clean" in names_of(sandbox)
        assert {name.split("/")[1] for name in names_of(sandbox)} == {"clean"}


def test_a_gate_that_refuses_unknown_headers_sees_none(tmp_path: Path) -> None:
    """``--no-trace-header``, and a later replay or cleaning does as the run did."""
    with served() as sandbox:
        run(sandbox, tmp_path, "--no-trace-header", "--phase", "edges")
        main(["clean", str(tmp_path)])
        assert not any(sandbox.names())


def test_traceparent_is_sent_on_request(tmp_path: Path) -> None:
    """In the form of W3C Trace Context, on each request, one span each."""
    with served() as sandbox:
        run(sandbox, tmp_path, "--traceparent", "--phase", "edges")
        values = [call.headers.get("traceparent", "") for call in sandbox.calls]
    assert all(len(value) == 55 for value in values)
    assert len({value.split("-")[2] for value in values}) == len(values)


def test_what_a_replay_leaves_is_cleaned(tmp_path: Path) -> None:
    """With the run that it replays, as far as it went to the target of that."""
    with served(faults=("refuses-to-create-closed",)) as sandbox:
        assert run(sandbox, tmp_path) == 1
        assert main(["clean", str(tmp_path)]) == 0
        assert main(["replay", str(tmp_path)]) == 1
        assert left_in(sandbox)
        assert main(["clean", str(tmp_path)]) == 0
        assert not left_in(sandbox)


def test_what_a_replay_leaves_elsewhere_is_cleaned_there(tmp_path: Path, capsys: Output) -> None:
    """At the other target alone, by the command that the replay prints."""
    fault = "refuses-to-create-closed"
    with served(faults=(fault,)) as sandbox, served(faults=(fault,)) as other:
        assert run(sandbox, tmp_path, "--phase", "edges", "--requests", "200") == 1
        left = left_in(sandbox)
        assert main(["replay", str(tmp_path), "--url", other.url]) == 1
        assert left_in(other)
        *_, command = re.findall(r"to cancel them: cartfuzz (.+)", capsys.readouterr().out)
        assert main(shlex.split(command)) == 0
        assert not left_in(other)
        assert left_in(sandbox) == left
        assert main(["clean", str(tmp_path)]) == 0
        assert not left_in(sandbox)


def test_what_a_comparison_leaves_is_cleaned(tmp_path: Path, capsys: Output) -> None:
    """At each target, by the command that it prints; without a URL nobody knows where."""
    with served() as old, served() as new:
        bounds = ("--requests", "60", "--seed", "1", "--no-minimise")
        main(["compare", old.url, new.url, *bounds, "--report-dir", str(tmp_path)])
        commands = capsys.readouterr().out
        assert main(["clean", str(tmp_path / "old")]) == 2
        for side, target in (("old", old), ("new", new)):
            assert f"cartfuzz clean {tmp_path / side} {target.url}" in commands
            assert left_in(target)
            assert main(["clean", str(tmp_path / side), target.url]) == 0
            assert not left_in(target)


def test_what_a_comparison_of_runs_sends_again_is_cleaned(tmp_path: Path) -> None:
    """``diff --rerun`` names the sessions in the folder of the run to whose target it sends."""
    with served(faults=("refuses-to-create-closed",)) as sandbox:
        assert run(sandbox, tmp_path) == 1
        assert main(["clean", str(tmp_path)]) == 0
        assert main(["diff", str(tmp_path), "--rerun"]) == 0
        assert left_in(sandbox)
        assert main(["clean", str(tmp_path)]) == 0
        assert not left_in(sandbox)
