"""The keys of ``[run]`` and the options of a run: an option counts first."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.analysis.report_format import Format
from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.configuration import read_configuration
from cartfuzz.harness.reference import toml_value
from cartfuzz.harness.run_choice import option_values, shown_values
from cartfuzz.harness.run_settings import RunSettings
from cartfuzz.harness.sizes import bytes_of, size_text

FOLDER = Path("/shop")


def test_keys_become_the_values_of_options() -> None:
    """Times are seconds, sizes bytes, paths those of the folder of the file; URLs stay."""
    run = RunSettings(
        duration="1h30m",
        max_record="1.5 GB",
        baseline="known.toml",
        log_file="-",
        corpus="redis://cache:6379/0",
        metrics_port="9464",
        report=(Format.HTML,),
        seed=0,
    )
    values = option_values(run, FOLDER, given=())
    flags = {"minimise": True, "clean": False, "otel": False}
    assert values == flags | {
        "duration": 5400.0,
        "max_record": 1_500_000_000,
        "baseline": FOLDER / "known.toml",
        "log_file": Path("-"),
        "corpus": "redis://cache:6379/0",
        "metrics_port": ("127.0.0.1", 9464),
        "report": (Format.HTML,),
        "seed": 0,
    }


@pytest.mark.parametrize("bound", ["requests", "scenarios", "until_quiet", "duration", "until"])
def test_a_bound_that_is_given_replaces_all_bounds_of_the_file(bound: str) -> None:
    """Else a run of an hour would end after the requests that the file names."""
    run = RunSettings(requests=5, duration="1m", baseline="known.toml")
    left = option_values(run, FOLDER, given=(bound,)).keys()
    assert not left & {"requests", "duration"}
    assert "baseline" in left


def test_an_option_replaces_its_key_alone() -> None:
    """Whatever its value is."""
    run = RunSettings(requests=5, seed=3, clean=True)
    assert option_values(run, FOLDER, given=("clean", "seed"))["requests"] == 5
    assert not option_values(run, FOLDER, given=("clean", "seed")).keys() & {"clean", "seed"}


def test_what_counts_is_shown_as_keys(tmp_path: Path) -> None:
    """A file of it is one that is read, with the same values."""
    given = {"minimise_time": 90.0, "metrics_port": ("::1", 9), "report_dir": Path("/r")}
    run = RunSettings(until_quiet="5m", max_record="2000MB", status_file="s.json")
    shown = shown_values(run, FOLDER, given=given)
    assert shown["status_file"] == "/shop/s.json"
    assert (shown["record"], shown["max_record"]) == ("failures", "2000MB")
    lines = [f"{name} = {toml_value(value)}" for name, value in shown.items() if value is not None]
    (tmp_path / "cartfuzz.toml").write_text("\n".join(["[run]", *lines]))
    again = read_configuration(tmp_path / "cartfuzz.toml").run
    assert shown_values(again, FOLDER, given={}) == shown
    assert (again.minimise_time, again.metrics_port) == ("90s", "[::1]:9")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("duration = '0s'", "run.duration: expected a duration above zero"),
        (
            "max_record = '15MB'",
            "run.max_record: expected a size such as 200MB or 1GB, at least",
        ),
        ("metrics_port = '70000'", "run.metrics_port: expected PORT or HOST:PORT"),
        (
            "metrics_port = 9464",
            "run.metrics_port: expected PORT or HOST:PORT such as",
        ),
        ("report = ['pdf']", "run.report: expected a list of html, junit"),
        ("requests = 0", "run.requests: expected a whole number from 1, found 0"),
        ("seed = -1", "run.seed: expected a whole number from 0, found -1"),
        ("rps = 4", "run.rps: expected this key in the table [target], found it in [run]"),
        ("allow_partial = true", "run.allow_partial: expected one of the keys duration, "),
        ("insecure = true", "expected this key in the table [target], found it in [run]"),
        ("production = 'shop'", 'found the unknown key "production"'),
    ],
)
def test_mistakes_name_the_key(text: str, message: str, tmp_path: Path) -> None:
    """Bounds are those of the options; what a user must mean each time is no key."""
    (tmp_path / "cartfuzz.toml").write_text(f"[run]\n{text}\n")
    with pytest.raises(ConfigurationError) as raised:
        read_configuration(tmp_path / "cartfuzz.toml")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "size"),
    [("500kB", 500_000), (" 1.5 gb", 1_500_000_000), ("16MB", 16_000_000), ("7B", 7)],
)
def test_sizes(text: str, size: int) -> None:
    """They are read, and written so that they are read again."""
    assert bytes_of(text) == size
    assert bytes_of(size_text(size)) == size
    assert bytes_of(f"{text}s") is None


@pytest.mark.parametrize("key", ["corpus", "baseline", "report_dir", "status_file", "log_file"])
@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_path_is_refused(tmp_path: Path, key: str, text: str) -> None:
    """It would be the folder of the file."""
    file = tmp_path / "cartfuzz.toml"
    file.write_text(f"[run]\n{key} = {toml_value(text)}\n")
    with pytest.raises(ConfigurationError, match=f"run.{key}: expected a (path|folder)"):
        read_configuration(file)


def test_each_format_counts_once() -> None:
    """As with ``--report html,html``."""
    run = RunSettings(report=(Format.HTML, Format.SARIF, Format.HTML))
    assert option_values(run, FOLDER, given=())["report"] == (Format.HTML, Format.SARIF)
    assert shown_values(run, FOLDER, given={})["report"] == ("html", "sarif")
