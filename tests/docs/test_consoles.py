"""The commands of the pages run: from an empty folder, one page after the other, on a sandbox.

Addresses of targets are those of the sandbox, the API key is its key, and `CUT_SHORT` bounds what
is sent. What installs something is checked against what exists, and is not executed.
"""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from cartfuzz.cli import main

from .blocks import DOCS, PAGES, ROOT, blocks, executable, inline_code
from .commands import Command, addressed, commands, shortened
from .target import KEY, OTHER_URL, Target, running_target

HANG_SEC = 300
GOOD = frozenset((0, 1, 5, 6, 7, 8))
"""Exit codes of a command that was understood, reached the target and wrote its files."""
FILTERS = frozenset(("cut", "grep", "head", "sort"))
"""What only shows a part of the output of the command before it."""
FILES_OF_PYTEST = frozenset(("--cartfuzz-report-dir", "--junit-xml"))
"""Options of pytest that name what it writes."""
SAVED = re.compile(r"^Save this as `([\w.]+)`:\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
"""A file that a page has the reader make, with its name."""
NAMED_BY_PAGES_ALONE = frozenset(("paramiko",))
"""Projects that a user may want, and no extra asks for: a cluster over SSH."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WITH_COMMANDS = [page for page in PAGES if any(b.page == page for b in executable("console"))]


class Terminal(io.StringIO):
    """Standard input with somebody who skips every question."""

    def __init__(self) -> None:
        super().__init__("s\n" * 100)

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARTFUZZ_API_KEY", KEY)
        with running_target(tmp_path_factory.mktemp("pages"), patch.chdir) as found:
            yield found


class Shell:
    """Executes the commands of one page in order."""

    def __init__(self, target: Target, patch: pytest.MonkeyPatch) -> None:
        self._target = target
        self._patch = patch
        self._variables = {"STAGING": target.url, "STAGING_URL": target.url}
        self._programs: dict[str, Callable[[Command], None]] = {
            ".": lambda _: None,
            ".venv/bin/pip": self._pip,
            ".venv/bin/python": self._python,
            "cartfuzz": self._cartfuzz,
            "export": self._export,
            "make": self._make,
            "pip": self._pip,
            "pytest": self._pytest,
            "python": self._python,
            "python3": self._python,
        }

    def execute(self, command: Command) -> None:
        """Executes one command, or checks that what it names exists."""
        program = command.words[0]
        if program in FILTERS:
            return
        assert program in self._programs, f"{command.block.name}: what is {program}?"
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for name, value in command.variables.items():
                patch.setenv(name, value)
            if command.output:
                file = stack.enter_context(Path(command.output).open("w", encoding="utf-8"))
                stack.enter_context(redirect_stdout(file))
            self._programs[program](command)

    def _words(self, command: Command) -> tuple[str, ...]:
        """The words after the program, with variables and addresses replaced."""
        words = [
            re.sub(r"\$(\w+)", lambda name: self._variables[name[1]], word)
            for word in command.words[1:]
        ]
        urls = {OTHER_URL: self._target.other_url} if OTHER_URL in words else {}
        return tuple(addressed(words, urls, self._target.url))

    def _export(self, command: Command) -> None:
        name, _, value = command.words[1].partition("=")
        if name != "CARTFUZZ_API_KEY":
            (self._variables[name],) = addressed([value], {}, self._target.url)
            self._patch.setenv(name, self._variables[name])

    def _cartfuzz(self, command: Command) -> None:
        if command.background:
            return  # a server: the target is there already
        words = shortened(self._words(command))
        assert main(words) in GOOD, f"{command.block.name}: {' '.join(words)}"

    def _pytest(self, command: Command) -> None:
        """Executes one rule of the suite, which takes minutes; the target of a URL breaks it."""
        words = shortened(("pytest", *self._words(command)))[1:]
        is_broken = "--cartfuzz-url" in words
        output = self._start("-m", "pytest", "-p", "no:cacheprovider", "-q", *words, code=is_broken)
        assert re.search(rf"^1 {'failed' if is_broken else 'passed'}", output, re.MULTILINE), output
        written = [path for option, path in pairwise(words) if option in FILES_OF_PYTEST]
        assert all(Path(path).exists() for path in written), command.block.name

    def _python(self, command: Command) -> None:
        words = command.words[1:]
        if words[0] == "-c":
            self._start(*words)
        elif words[0] == "-m":
            assert find_spec(words[1]), command.block.name
        else:
            assert (ROOT / words[0]).is_file(), command.block.name

    def _pip(self, command: Command) -> None:
        assert command.words[1] == "install"
        for word in command.words[2:]:
            assert installable(word), f"{command.block.name}: {word}"

    def _make(self, command: Command) -> None:
        for word in command.words[1:]:
            assert is_target(word), f"{command.block.name}: {word}"

    def _start(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            timeout=HANG_SEC,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


def is_target(word: str) -> bool:
    """Whether the Makefile has this target; an assignment of one of its variables is right too."""
    name, assigned, _ = word.partition("=")
    pattern = rf"^{re.escape(name)} \?=" if assigned else rf"^{re.escape(name)}:"
    return bool(re.search(pattern, (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def installable(word: str) -> bool:
    """Whether ``pip install`` can take this: a clone or wheel with extras that exist, or another
    project with a version as an extra of this one names it."""
    local = re.fullmatch(r"(\.|cartfuzz(?:-([\d.]+)-py3-none-any\.whl)?)(?:\[([\w,]+)\])?", word)
    if local:
        extras = local[3].split(",") if local[3] else []
        return local[2] in {None, PROJECT["version"]} and set(extras) <= extras_of_the_project()
    wanted = Requirement(word)
    return wanted.name in NAMED_BY_PAGES_ALONE or wanted in requirements_of_the_project()


def extras_of_the_project() -> set[str]:
    return set(PROJECT["optional-dependencies"])


def requirements_of_the_project() -> set[Requirement]:
    named = (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    return {Requirement(one) for several in named for one in several}


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run(
    page: Path, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each one is understood, reaches the target, and finds what it names."""
    target.prepare(tmp_path)
    for name, text in SAVED.findall(page.read_text("utf-8")):
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    monkeypatch.setattr("sys.stdin", Terminal())
    shell = Shell(target, monkeypatch)
    for block in executable("console"):
        if block.page == page:
            for command in commands(block):
                shell.execute(command)


def test_what_is_installed_exists() -> None:
    """Wrong extras, versions and targets of make are found."""
    assert installable(".[pytest]")
    assert not installable(".[pytests]")
    assert not installable("cartfuzz-9.9.9-py3-none-any.whl")
    assert installable("redis>=5.0.1")
    assert not installable("redis>=99")
    assert not installable("no-such-project")
    assert is_target("bench-faults")
    assert is_target("FUZZ_ARGS=--seed 1")
    assert not is_target("bench-everything")


def test_running_text_names_targets_that_exist() -> None:
    """Each ``make …`` in the text, and ``make …`` and ``pip install …`` of a block that is not
    executed."""
    for page, code in inline_code():
        if code.startswith("make "):
            assert all(map(is_target, shlex.split(code)[1:])), f"{page}: {code}"
    marked = [block for block in blocks() if block.language == "console" and block.reason]
    for command in (one for block in marked for one in commands(block)):
        program, *words = command.words
        if program == "make":
            assert all(map(is_target, words)), command.block.name
        elif Path(program).name == "pip" and words[0] == "install":
            assert all(map(installable, words[1:])), command.block.name


def test_the_extras_are_listed() -> None:
    """The page on the installation has each extra that a user may want."""
    rows = re.findall(
        r"^\| `(\w+)` \|", (DOCS / "installation.md").read_text("utf-8"), re.MULTILINE
    )
    assert set(rows) == extras_of_the_project() - {"bench", "dev", "mutation"}
