"""The API key is in nothing that a command leaves, whatever the target does with it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.baseline_file import write_baseline
from cartfuzz.record import KnownFailure
from cartfuzz.reports.clean_file import write_clean_named
from cartfuzz.sandbox import start
from cartfuzz.wire.known_secrets import remember
from cartfuzz.wire.secrets import TargetSecrets
from tests.talkative import KEY, leaks, talkative


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_target_that_says_the_key_in_every_way(
    seed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bodies, names of members, IDs, header lines, reasons, what is no HTTP: no file of the run, in
    no format, and no line of output holds the key, in any encoding or by half."""
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    key_file.chmod(0o600)
    folder = tmp_path / "run"
    with (
        start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox,
        talkative(sandbox.url) as url,
        monkeypatch.context() as context,
    ):
        context.delenv("CARTFUZZ_API_KEY", raising=False)
        code = main(
            [
                "run", url, "--api-key-file", str(key_file), "-v", "--seed", seed,
                "--report-dir", str(folder), "--record", "all", "--requests", "350",
                "--minimise-time", "1s", "--observations",
                "--report", "html,junit,markdown,sarif,har,json",
            ]
        )  # fmt: skip
    assert code == 1
    output = capsys.readouterr()
    assert leaks(output.out + output.err) == []
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path
    record = (folder / "events.ndjson").read_text()
    assert "[API key]" in record
    assert str(key_file) in record


def test_every_command_that_writes_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ci`, `compare`, `diff`, `history` and `replay` on a target that says the key,
    with the summary of a CI job and a status file: the key is in none of their files."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    folder, made = tmp_path / "run", tmp_path / "made"
    made.mkdir()
    bounds = ("--requests", "200", "--no-minimise", "--seed", "1", "--no-config")
    with (
        start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox,
        # Each is quiet at first, so that it is taken for the API; later it may be taken for none.
        talkative(sandbox.url) as url,
        talkative(sandbox.url) as of_ci,
        talkative(sandbox.url) as of_replay,
        talkative(sandbox.url) as older,
        talkative(sandbox.url) as newer,
    ):
        status = ("--status-file", str(made / "status.json"))
        main(["run", url, *bounds, *status, "--report-dir", str(folder)])
        ci = ("--against", str(folder), "--report-dir", str(tmp_path / "ci"))
        main(["ci", of_ci, *bounds, *ci])
        replayed = ("--url", of_replay, "--json", str(made / "replay.json"))
        main(["replay", str(folder), *replayed])
        pair = ("--requests", "60", "--no-config", "--report-dir", str(tmp_path / "pair"))
        main(["compare", older, newer, *pair])
    files = ("--html", str(made / "d.html"), "--markdown", str(made / "d.md"))
    main(["diff", str(folder), str(tmp_path / "ci"), *files, "--json", str(made / "d.json")])
    main(["history", str(tmp_path), "--format", "html", "--json", str(made / "h.json")])
    output = capsys.readouterr()
    assert leaks(output.out + output.err) == []
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert names >= {
        *("status.json", "comment.md", "replay.json", "step.md"),
        *("d.html", "d.md", "d.json", "history.html", "h.json"),
    }
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path


def test_what_came_past_the_first_search(tmp_path: Path) -> None:
    """The second search of what is written takes a known key out of baselines and named files."""
    remember(TargetSecrets(KEY))
    entries = {"ERR-03-0123456789": KnownFailure(reason="ours", title=f"says {KEY}")}
    write_baseline(tmp_path / "known.toml", entries)
    write_clean_named(tmp_path / "named.json", f'{{"said": "{KEY}"}}'.encode())
    for path in tmp_path.iterdir():
        assert leaks(path.read_text()) == []
        assert "[API key]" in path.read_text()


def test_a_wrong_key_is_refused_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the target says of a key that it refuses reaches the terminal without the key."""
    key_file = tmp_path / "key"
    key_file.write_text(KEY[::-1])
    with start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox:
        assert main(["check", sandbox.url, "--api-key-file", str(key_file)]) == 3
    output = capsys.readouterr()
    assert KEY[::-1] not in output.out + output.err
    assert f"can read the API key in {key_file}" in output.err


def test_the_file_of_an_internal_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback holds the messages of exceptions, and they may hold anything."""
    remember(TargetSecrets(KEY))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"header line: ApiKey-v1 {quote(KEY, safe='')} {KEY}")

    monkeypatch.setattr("cartfuzz.cli.cartfuzz.main", broken)
    assert main(["rules"]) == 4
    shown = capsys.readouterr().err
    file = Path(shown.strip().rpartition(" ")[2])
    written = file.read_text()
    file.unlink()
    assert "RuntimeError: header line: ApiKey-v1 [API key] [API key]" in written
    assert leaks(written + shown) == []
