"""Shell completions: commands, options, phases, rules and faults, also in real shells."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from cartfuzz.cli import COMPLETION_VARIABLE, cartfuzz, main
from cartfuzz.cli.shells import SHELLS

HANG_SEC = 300
RUN = Path(__file__).parents[1] / "data" / "format-0.1" / "all"
TYPED = {
    "cartfuzz hist": ("cartfuzz", "history"),
    "cartfuzz rules --contract=2": ("cartfuzz", "rules", "--contract=2.5.1"),
    "cartfuzz explain cart-12": ("cartfuzz", "explain", "CART-12"),
    "cartfuzz history my\\ r": ("cartfuzz", "history", "my runs"),
}
"""What is typed before the key for completion, and the words that the line has then."""
INTERACTIVE = {
    "bash": (
        ("--norc", "--noprofile", "-i"),
        'bind "set enable-bracketed-paste off"; source ./bash',
    ),
    "zsh": (
        ("-f", "-i"),
        "bindkey -e; autoload -U compinit; compinit -u -D; unset zle_bracketed_paste; source ./zsh",
    ),
}
"""By shell, the options that keep files of the user away, and what makes it complete."""


def completed(arguments: Sequence[str], incomplete: str, shell: str = "fish") -> list[str]:
    completion = SHELLS[shell](cartfuzz, {}, "cartfuzz", COMPLETION_VARIABLE)
    return [item.value for item in completion.get_completions(list(arguments), incomplete)]


@pytest.mark.parametrize(
    ("arguments", "incomplete", "first"),
    [
        ((), "rep", "replay"),
        (("run",), "--pha", "--phase"),
        (("run", "--phase"), "ex", "explore"),
        (("explain",), "cart-0", "CART-01"),
        (("run", "--sandbox-fault"), "closes-c", "closes-cancelled-sessions"),
        (("serve", "--fault"), "closes-c", "closes-cancelled-sessions"),
        (("baseline",), "ac", "accept"),
        (("serve", "--profile"), "le", "lenient"),
        (("run",), "--phase=ex", "--phase=explore"),
        (("run", "--report"), "markdown,s", "markdown,sarif"),
    ],
)
def test_a_line_is_completed(arguments: Sequence[str], incomplete: str, first: str) -> None:
    """By what the command takes there."""
    assert completed(arguments, incomplete)[0] == first


def test_signatures_are_those_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the folder that the line names, else of the latest run; without one there are none."""
    monkeypatch.chdir(tmp_path)
    assert completed(["replay", str(RUN)], "state") == ["STATE-16-83ffed9b43"]
    assert completed(["replay", "no-such-run"], "") == []
    assert completed(["baseline", "accept"], "") == []
    (tmp_path / "summary.json").write_text("[]", "ascii")
    assert completed(["replay", "."], "") == []
    (tmp_path / "cartfuzz-report").mkdir()
    (tmp_path / "cartfuzz-report" / "latest").symlink_to(RUN, target_is_directory=True)
    assert completed(["baseline", "accept"], "MERGE") == ["MERGE-U1-3923ee1afe"]


def test_a_command_that_does_not_exist_raises_no_error() -> None:
    """Into the shell, whose line is not finished."""
    assert "--help" in completed(["rnu"], "--")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether or not the shell is installed here."""
    assert main(["completion", shell]) == 0
    assert f"_CARTFUZZ_COMPLETE={shell}_complete" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("cartfuzz explain cart-03", "plain\tCART-03\tA cart whose quantities add up to 10,000 or"),
        ("X=1 cartfuzz run 'a b' --phase=exp", "plain\t--phase=explore\t"),
        ("cartfuzz run --report-dir=my", "dir\tmy\t--report-dir="),
        ("cartfuzz run 'a b' --report-dir \"my r", "dir\tmy r\t"),
        ("cartfuzz run --corpus ", "dir\t\t"),
        ("cartfuzz check --json ", "file\t\t"),
    ],
)
def test_a_shell_gets_a_row_for_each_thing(
    line: str, row: str, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Helps are whole, though they hold commas; of ``--option=value`` the option is kept."""
    monkeypatch.setenv(COMPLETION_VARIABLE, "zsh_complete")
    monkeypatch.setenv("_CARTFUZZ_LINE", line)
    with pytest.raises(SystemExit):
        main([])
    (found,) = capsysbinary.readouterr().out.decode().splitlines()
    assert found.startswith(row)


@pytest.fixture
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """Where a shell starts, with its script; ``cartfuzz`` is the one of this environment."""
    (tmp_path / "my runs").mkdir()
    (tmp_path / "my results.txt").touch()
    for shell in SHELLS:
        main(["completion", shell])
        (tmp_path / shell).write_text(capsys.readouterr().out, "utf-8")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for name in ("HOME", "ZDOTDIR", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("TERM", "dumb")
    return tmp_path


def installed(shell: str) -> str:
    """The program. A test is skipped where it is missing; where nothing may be, it fails."""
    program = shutil.which(shell)
    if program is None:
        reason = f"no {shell} is installed (Debian: apt-get install {shell})"
        if os.environ.get("CARTFUZZ_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    return program


@pytest.mark.parametrize("shell", INTERACTIVE)
def test_a_real_shell_completes_what_is_typed(shell: str, folder: Path) -> None:
    """On a terminal, by the key for completion: a command, a value, a rule, a folder."""
    options, setup = INTERACTIVE[shell]
    command = (installed(shell), *options)
    typed = "".join(
        # Behind the completion the line becomes a command that shows its words.
        f"{line}\t\x01printf '%s\\n' \x05 >{index}\n"
        for index, line in enumerate(TYPED)
    )
    master, slave = pty.openpty()
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True
    ) as running:
        os.close(slave)
        limit = threading.Timer(HANG_SEC, running.kill)
        limit.start()
        os.write(master, f"{setup}\n{typed}exit\n".encode())
        with suppress(OSError):  # so Linux reports that the other side of a terminal is closed
            while os.read(master, 4096):
                pass
        assert running.wait() == 0
        limit.cancel()
    os.close(master)
    for index, words in enumerate(TYPED.values()):
        shown = (folder / str(index)).read_text("utf-8").splitlines()
        assert tuple(word.removesuffix("/") for word in shown) == words


def test_fish_completes_what_is_typed(folder: Path) -> None:
    """It has a command that completes a line."""
    lines = " ".join(f"'{line}'" for line in TYPED)
    script = f"source ./fish; for line in {lines}; complete -C $line; end"
    shown = subprocess.run(
        (installed("fish"), "--no-config", "-c", script),
        cwd=folder,
        timeout=HANG_SEC,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    found = [line.partition("\t")[0].removesuffix("/") for line in shown]
    assert found == [words[-1] for words in TYPED.values()]
