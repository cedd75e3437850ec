"""Which tests reach a line, and running those of a mutant in a process forked for it."""

from __future__ import annotations

import gc
import hashlib
import importlib
import math
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.machinery import SourceFileLoader
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType

import coverage
import hypothesis
import msgspec
import pytest
from hypothesis.errors import HypothesisSideeffectWarning

ROOT = Path(__file__).parent.parent
QUIET = (
    *("-x", "-q", "-n0", "--assert=plain", "-p", "no:cacheprovider"),
    "--hypothesis-profile=mutation",
)
_MEMORY = 6 << 30
_WALL_SEC = 600.0
_LONGEST_TEST_SEC = 2.0
_SLOWER = 5
"""A test of a mutant hangs when it takes so many times as long, and ``_LONGEST_TEST_SEC``."""


class Reached(msgspec.Struct, kw_only=True):
    """What the tests of one target of pytest (a file, or a test of it) execute."""

    seconds: dict[str, float]
    """CPU time by test."""
    tests: dict[str, dict[int, list[str]]]
    """By module and line."""
    imported: dict[str, list[int]]
    """The lines, by module, that are executed before the first test."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How the tests of one mutant ended."""

    outcome: str
    """``killed``, ``hung`` (one test did not end), ``survived``, or ``bound`` where the bound of
    CPU time was reached before all tests had run."""
    killer: str
    """The test that failed, if any."""
    cpu_sec: float


class _Recorder:
    """A plugin of pytest that starts a context of coverage with each test, and times it."""

    def __init__(self, tracer: coverage.Coverage) -> None:
        self._tracer = tracer
        self._began = 0.0
        self.seconds: dict[str, float] = {}
        self.skipped: set[str] = set()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tracer.switch_context(nodeid)
        self._began = time.process_time()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.skipped.add(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] = time.process_time() - self._began


def hypothesis_profile() -> None:
    """Registers draws that are the same each time, without shrinking: a mutant is killed or not.

    Before any strategy is imported: Hypothesis warns of what draws earlier than its plugin.
    """
    importlib.import_module("_hypothesis_pytestplugin")
    warnings.simplefilter("ignore", HypothesisSideeffectWarning)
    hypothesis.settings.register_profile(
        "mutation",
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        database=None,
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )


def key_of(target: str) -> str:
    """What the result of `learnt` depends on: the oracle, and the file of the target."""
    digest = hashlib.sha256(target.encode())
    for path in (*sorted((ROOT / "oracle").rglob("*.py")), ROOT / target.partition("::")[0]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def learnt(targets: Sequence[str], modules: Iterable[str], folder: Path) -> dict[str, Reached]:
    """What each target reaches, from files in ``folder``; runs those that have none yet.

    Raises:
        RuntimeError: A test failed without any mutant.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {target: folder / f"{key_of(target)}.json" for target in targets}
    for target, file in files.items():
        if not file.exists():
            print(f"learning what {target} reaches", flush=True)
            ended = forked(partial(_learn, target, modules, file))
            if not file.exists():
                raise RuntimeError(f"{target}: passes without mutants expected, got {ended}")
    return {
        target: msgspec.json.decode(file.read_bytes(), type=Reached)
        for target, file in files.items()
    }


def _learn(target: str, modules: Iterable[str], file: Path) -> None:
    paths = {str((ROOT / module).resolve()): module for module in modules}
    tracer = coverage.Coverage(data_file=None, include=list(paths), config_file=False)
    recorder = _Recorder(tracer)
    tracer.start()
    code = pytest.main([*QUIET, str(ROOT / target)], plugins=[recorder])
    tracer.stop()
    if code != pytest.ExitCode.OK:
        os._exit(int(code))
    data = tracer.get_data()
    tests: dict[str, dict[int, list[str]]] = {}
    imported: dict[str, list[int]] = {}
    for name in data.measured_files():
        lines = data.contexts_by_lineno(name)
        module = paths[name]
        tests[module] = {
            line: sorted(ran)
            for line, names in lines.items()
            if (ran := set(names) - {""} - recorder.skipped)
        }
        imported[module] = sorted(line for line, names in lines.items() if "" in names)
    seconds = {test: sec for test, sec in recorder.seconds.items() if test not in recorder.skipped}
    file.write_bytes(msgspec.json.encode(Reached(seconds=seconds, tests=tests, imported=imported)))


class Selection:
    """The tests of each mutant, the quickest first."""

    def __init__(self, reached: Iterable[Reached]) -> None:
        self.seconds: dict[str, float] = {}
        self._tests: dict[str, dict[int, set[str]]] = {}
        self._imported: dict[str, set[int]] = {}
        for one in reached:
            self.seconds |= one.seconds
            for module, lines in one.tests.items():
                for line, names in lines.items():
                    self._tests.setdefault(module, {}).setdefault(line, set()).update(names)
            for module, numbers in one.imported.items():
                self._imported.setdefault(module, set()).update(numbers)

    def runs_on_import(self, module: str, first: int, last: int) -> bool:
        """Whether one of the lines after ``first``, up to ``last``, is executed before tests."""
        # The line of ``def`` itself always is.
        return any(first < line <= last for line in self._imported.get(module, ()))

    def of_line(self, module: str, line: int) -> list[str]:
        """The tests that execute a line."""
        lines = self._tests.get(module, {})
        # A statement of several lines may be executed at its first one only.
        known = max((known for known in lines if known <= line), default=None)
        return self._sorted(lines[known] if known is not None else ())

    def of_module(self, module: str) -> list[str]:
        """All tests, those that execute something of a module first."""
        near = {name for names in self._tests.get(module, {}).values() for name in names}
        return [*self._sorted(near), *self._sorted(set(self.seconds) - near)]

    def _sorted(self, tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda test: (self.seconds[test], test))


class Loop:
    """A plugin of pytest that hands the collected tests to ``then`` instead of running them."""

    def __init__(self, then: Callable[[Mapping[str, pytest.Item]], None]) -> None:
        self._then = then

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("collecting failed")
        self._then({item.nodeid: item for item in session.items})
        return True


class Functions:
    """The functions of the modules that are imported, by where they are defined."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], list[FunctionType]] = {}
        for value in gc.get_objects():
            if isinstance(value, FunctionType):
                self._known.setdefault(_place(value.__code__), []).append(value)

    def exchange(self, changed: Iterable[tuple[CodeType, CodeType]]) -> None:
        for old, new in changed:
            for function in self._known[_place(old)]:
                function.__code__ = new

    def know(self, changed: Iterable[tuple[CodeType, CodeType]]) -> bool:
        return all(
            _place(old) in self._known and old.co_freevars == new.co_freevars
            for old, new in changed
        )


def _place(code: CodeType) -> tuple[str, str, int]:
    return os.path.realpath(code.co_filename), code.co_qualname, code.co_firstlineno


class _Failing:
    """A plugin of pytest that ends the process with the first failure."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self._pipe, report.nodeid.encode()[:4000])
            os._exit(1)


def ending(
    mutate: Callable[[], None],
    tests: Sequence[str],
    *,
    seconds: Mapping[str, float],
    items: Mapping[str, pytest.Item] | None,
    targets: Sequence[str],
    bound_sec: int,
) -> Ending:
    """Runs ``tests`` after ``mutate``, in a process of its own.

    Args:
        mutate: Makes the mistake.
        tests: Their names, in order.
        seconds: How long each test takes without a mistake.
        items: The collected tests; None where they are collected after ``mutate``.
        targets: What pytest collects then.
        bound_sec: The CPU time that the tests may take.
    """
    reading, writing = os.pipe()

    def run(collected: Mapping[str, pytest.Item]) -> None:
        _limited(bound_sec)
        chosen = [collected[test] for test in tests]
        if chosen:
            chosen[0].config.pluginmanager.register(_Failing(writing))
        for item, following in zip_longest(chosen, chosen[1:]):
            limit = _LONGEST_TEST_SEC + _SLOWER * seconds[item.nodeid]
            signal.setitimer(signal.ITIMER_VIRTUAL, limit)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        os._exit(0)

    def child() -> None:
        mutate()
        if items is not None:
            run(items)
        pytest.main([*QUIET, *(str(ROOT / target) for target in targets)], plugins=[Loop(run)])
        os._exit(2)

    status, cpu = forked(child, _WALL_SEC)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        killer = pipe.read().decode()
    ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    if status == 0:
        outcome = "survived"
    elif ended == signal.SIGXCPU:
        outcome = "bound"
    elif ended in (signal.SIGVTALRM, signal.SIGKILL):
        outcome = "hung"
    else:
        outcome = "killed"
    return Ending(outcome=outcome, killer=killer, cpu_sec=round(cpu, 2))


def mutated_on_import(path: Path, code: CodeType) -> None:
    """Has the import of the file ``path`` execute ``code`` in its place."""
    pristine = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        own = os.path.realpath(loader.path) == str(path.resolve())
        return code if own else pristine(loader, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]


def _limited(bound_sec: int) -> None:
    # What collecting the tests took does not count.
    bound = math.ceil(time.process_time()) + bound_sec
    resource.setrlimit(resource.RLIMIT_CPU, (bound, bound + 60))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forked(work: Callable[[], object], wall_sec: float = math.inf) -> tuple[int, float]:
    """Does ``work`` in a process of its own, without output; its wait status and CPU seconds.

    After ``wall_sec`` seconds the process is killed.
    """
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1):
                os.dup2(null, standard)
            work()
        finally:
            if sys.exception() is not None:
                traceback.print_exc()
            os._exit(3)
    end = time.monotonic() + wall_sec
    while True:
        done, status, used = os.wait4(process, os.WNOHANG)
        if done:
            return status, used.ru_utime + used.ru_stime
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
            end = math.inf
        time.sleep(0.005)  # `os.wait4`, which alone gives the CPU time, has no time limit
