"""`cartfuzz rules`, `cartfuzz serve`, and the command line as a whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from cartfuzz.analysis import summarise
from cartfuzz.cli import main
from cartfuzz.contract import ContractVersion, catalogue
from cartfuzz.reports import write_summary
from cartfuzz.sandbox import FAULTS

from ..record.events import started

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize("version", list(ContractVersion))
def test_rules(capsys: Output, version: ContractVersion) -> None:
    """All rules of the version are shown, and only those."""
    assert main(["rules", "--contract", version.value]) == 0
    shown = capsys.readouterr().out
    assert [line.split("\t")[0] for line in shown.splitlines()] == list(catalogue(version))
    assert main(["rules", "--contract", version.value, "--json"]) == 0
    assert [rule["id"] for rule in json.loads(capsys.readouterr().out)["rules"]] == list(
        catalogue(version)
    )


def test_list_faults(capsys: Output) -> None:
    """Every fault is one line with its class, difficulty, rules and mistake; the same in JSON."""
    assert main(["serve", "--list-faults"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t") for line in lines] == [
        [
            fault.name,
            fault.fault_class.value,
            fault.difficulty.value,
            ", ".join(fault.rules),
            fault.summary,
        ]
        for fault in FAULTS.values()
    ]
    assert main(["serve", "--list-faults", "--json"]) == 0
    assert [fault["name"] for fault in json.loads(capsys.readouterr().out)["faults"]] == list(
        FAULTS
    )


def test_a_retired_rule_is_explained_by_its_successor(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Records and baselines may still name it."""
    assert main(["explain", "limit-01"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "LIMIT-01 is retired; COUP-02 takes its place:"
    assert second.startswith("COUP-02  ")


@pytest.mark.parametrize(
    ("options", "status"),
    [((), 404), (("--profile", "lenient"), 404), (("--profile", "strict"), 400)],
)
def test_serve_serves(options: tuple[str, ...], status: int) -> None:
    """The sandbox alone says its URL and a key that it takes, and speaks as its profile says."""
    with subprocess.Popen(
        [sys.executable, "-m", "cartfuzz.cli", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[2]
        key = process.stdout.readline().strip().partition("CARTFUZZ_API_KEY=")[2]
        answer = requests.get(
            f"{url}/v2/customer_sessions/x",
            headers={"Authorization": f"ApiKey-v1 {key}"},
            timeout=60,
        )
        process.terminate()
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("serve", "--host", "0.0.0.0"), "expected a loopback address"),  # noqa: S104 - refused
        (("serve", "--fault", "trim-ids"), 'did you mean "trims-ids"?'),
        (("rules", "--contract", "4"), "is not one of"),
        (("dance",), 'there is no command "dance"; cartfuzz --help lists all'),
    ],
)
def test_bad_usage(capsys: Output, arguments: tuple[str, ...], expected: str) -> None:
    """Bad usage is exit 2 and one line."""
    assert main(list(arguments)) == 2
    output = capsys.readouterr()
    assert expected in output.err
    assert output.err.count("\n") == 1


def test_help_imports_no_engine() -> None:
    """Help comes without importing what only a run needs."""
    program = (
        "import sys; from cartfuzz.cli import main; main(['--help']); "
        "print(*(name for name in ('hypothesis', 'uvicorn', 'requests') if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "Fuzz a target" in done.stdout
    assert done.stdout.endswith("\n\n")


def test_our_own_faults_are_confessed_in_one_line(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of Cartfuzz itself is exit 4, one line, and a file with the traceback."""

    def broken(*_: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr("cartfuzz.cli.rules.catalogue_with", broken)
    assert main(["rules"]) == 4
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    path = said.split()[-1]
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a name out of a message
        assert "LookupError: a bug" in file.read()


@pytest.mark.parametrize(
    ("key", "found"), [("a\nb", "another character in it"), (" \n", "nothing but blanks")]
)
def test_what_can_be_no_key(
    key: str, found: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """It is refused at once, and not shown."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", key)
    assert main(["run", "http://127.0.0.1:1"]) == 2
    error = capsys.readouterr().err
    assert found in error
    assert "a\nb" not in error


def test_complaints_hold_nothing_that_a_terminal_obeys(tmp_path: Path, capsys: Output) -> None:
    """A record is data, in what is said of it too."""
    record = tmp_path / "summary.json"
    write_summary(summarise([started()]), record)
    shown = json.loads(record.read_text("utf-8"))
    record.write_text(json.dumps({**shown, "contract": "\x1b]0;pwned\x07"}), "utf-8")
    assert main(["diff", str(record), str(record)]) == 2
    told = capsys.readouterr().err
    assert "pwned" in told
    assert "\x1b" not in told


def test_a_summary_too_deep_to_read_is_told(tmp_path: Path, capsys: Output) -> None:
    """A summary that nests deeper than any reader goes is bad usage, with the name of the file."""
    record = tmp_path / "summary.json"
    record.write_text('{"discrepancies": [{"operations": ' + "[" * 5_000 + "]" * 5_000 + "}]}")
    assert main(["diff", str(record), str(record)]) == 2
    assert "summary.json" in capsys.readouterr().err
