"""Nothing that is secret reaches a log line, a metric or a span."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import start
from tests.talkative import KEY, leaks, talkative

from .receiver import collector


def test_a_target_that_says_the_key_in_every_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bodies, IDs, header lines, reasons: neither the key nor a half of it is exported."""
    log, metrics = tmp_path / "run.log", tmp_path / "run.prom"
    with (
        collector() as received,
        start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox,
        talkative(sandbox.url) as url,
    ):
        monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"authorization={KEY}")
        code = main(
            [
                "run", url, "-qq", "--seed", "1", "--requests", "120", "--minimise-time", "1s",
                "--otel", "--log-file", str(log), "--metrics-file", str(metrics),
                "--report-dir", str(tmp_path / "run"),
            ]
        )  # fmt: skip
    assert code == 1
    assert received.spans
    assert received.metrics
    for text in (log.read_text("utf-8"), metrics.read_text("utf-8"), capsys.readouterr().err):
        assert leaks(text) == []
    for body in received.bodies:
        assert leaks(body.decode("utf-8", "replace")) == []
