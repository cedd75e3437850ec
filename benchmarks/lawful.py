"""Lawful targets: the discrepancies that a campaign reports on targets that break no rule.

Runs the default campaign on the clean sandbox, on every lawful dialect, on mixtures of dialects and
on two targets that share no code with the sandbox, over both contract versions, flattening on and
off. Everything runs in process, but for those two and for the dialects of the HTTP stack, which
only a real server shows. Every discrepancy is a false alarm: the exit code
is 1 if there is one, and else 0. Writes ``benchmarks/out/lawful.json``.

Usage: python benchmarks/lawful.py [--requests N] [--mixtures N] [--seed N] [--seconds N]
       [--only NAME ...]
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import chain
from pathlib import Path
from time import perf_counter

import msgspec
from rich.console import Console
from rich.table import Table

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.plan import Plan
from cartfuzz.record import Discrepancy, ScenarioRun
from cartfuzz.sandbox import DIALECTS, Dialect, mixture, start

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.in_process import campaign, found_in  # the sandbox without a socket
from tests.independent_targets.targets import API_KEY, INDEPENDENT

OUT = Path(__file__).parent / "out"
CLEAN = "clean sandbox"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A lawful target in one environment."""

    name: str
    """A dialect, a mixture with its number, an independent target, or the clean sandbox."""
    environment: Environment
    dialects: tuple[str, ...] = ()

    @property
    def needs_server(self) -> bool:
        """Whether only a real server shows one of its dialects."""
        return self.name in INDEPENDENT or any(
            DIALECTS[name].needs_server for name in self.dialects
        )

    def serve(self) -> AbstractContextManager[tuple[str, str]]:
        """Serves it; yields its URL and its API key."""
        return _independent(self) if self.name in INDEPENDENT else _sandbox(self)


@contextmanager
def _independent(target: Target) -> Iterator[tuple[str, str]]:
    with INDEPENDENT[target.name](target.environment) as url:
        yield url, API_KEY


@contextmanager
def _sandbox(target: Target) -> Iterator[tuple[str, str]]:
    with start(target.environment, dialects=target.dialects) as sandbox:
        yield sandbox.url, sandbox.api_key


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A discrepancy on a lawful target, all with its signature together."""

    kind: str
    rule: str
    signature: str
    title: str
    expected: str
    found: str
    times: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign on one target."""

    target: str
    dialects: tuple[str, ...]
    contract: str
    flattening: bool
    requests: int
    inconclusive: int
    seconds: float
    alarms: tuple[Alarm, ...]


def environments() -> Iterator[Environment]:
    """Both contract versions, flattening off and on."""
    for contract in ContractVersion:
        for flattening in (False, True):
            yield msgspec.structs.replace(
                EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening
            )


def clean_targets() -> Iterator[Target]:
    """The clean sandbox in each environment."""
    for environment in environments():
        yield Target(name=CLEAN, environment=environment)


def dialect_targets(dialect: Dialect) -> Iterator[Target]:
    """``dialect`` in each environment that it exists in."""
    for base in environments():
        if dialect.exists_in(base):
            yield Target(
                name=dialect.name, environment=dialect.environment(base), dialects=(dialect.name,)
            )


def independent_targets() -> Iterator[Target]:
    """The targets that share no code with the sandbox, in each environment."""
    for name in INDEPENDENT:
        for environment in environments():
            yield Target(name=name, environment=environment)


def mixture_targets(count: int, seed: int) -> Iterator[Target]:
    """``count`` mixtures, in the environments by turns; a sixth of them on a real server."""
    bases = tuple(environments())
    for number in range(count):
        drawn = mixture(seed + number, bases[number % len(bases)], with_server=number % 6 == 5)
        yield Target(
            name=f"mixture {seed + number}",
            environment=drawn.environment,
            dialects=drawn.dialects,
        )


def chosen_targets(names: Sequence[str] | None, mixtures: int, seed: int) -> Iterator[Target]:
    """All targets, or those whose name is in ``names``.

    Raises:
        SystemExit: no target has one of the names.
    """
    targets = chain(
        clean_targets(),
        independent_targets(),
        chain.from_iterable(map(dialect_targets, DIALECTS.values())),
        mixture_targets(mixtures, seed),
    )
    if names is None:
        yield from targets
        return
    known = list(targets)
    unknown = set(names) - {target.name for target in known}
    if unknown:
        raise SystemExit(f"there is no lawful target {sorted(unknown)}; see sandbox/dialects")
    yield from (target for target in known if target.name in names)


def served(target: Target, *, seed: int, requests: int, seconds: float) -> Iterator[ScenarioRun]:
    """The scenarios of a campaign on a real server; it ends after ``seconds`` at the latest."""
    stop = threading.Event()
    timer = threading.Timer(seconds, stop.set)
    with target.serve() as (url, api_key):
        plan = Plan(url=url, environment=target.environment, seed=seed, requests=requests)
        timer.start()
        try:
            for event in run_campaign(plan, api_key, stop=stop):
                if isinstance(event, ScenarioRun):
                    yield event
        finally:
            timer.cancel()
            stop.set()


def scenarios(
    target: Target, *, seed: int, requests: int, seconds: float
) -> Generator[ScenarioRun, None, None]:
    """The scenarios of a campaign on ``target``."""
    if target.needs_server:
        yield from served(target, seed=seed, requests=requests, seconds=seconds)
        return
    deadline = perf_counter() + seconds
    for run in campaign(target.environment, seed=seed, requests=requests, dialects=target.dialects):
        yield run
        if perf_counter() > deadline:
            return


def run_target(target: Target, *, seed: int, requests: int, seconds: float) -> Row:
    """One campaign on ``target`` of at most ``requests`` and ``seconds``."""
    started = perf_counter()
    sent = inconclusive = 0

    def counted() -> Iterator[ScenarioRun]:
        nonlocal sent, inconclusive
        for run in runs:
            sent += run.requests
            inconclusive += len(run.inconclusive)
            yield run

    first: dict[str, Discrepancy] = {}
    times: Counter[str] = Counter()
    with closing(scenarios(target, seed=seed, requests=requests, seconds=seconds)) as runs:
        for found in found_in(target.environment, counted()):
            first.setdefault(found.signature, found)
            times[found.signature] += 1
    return Row(
        target=target.name,
        dialects=target.dialects,
        contract=target.environment.contract.value,
        flattening=target.environment.flattening,
        requests=sent,
        inconclusive=inconclusive,
        seconds=round(perf_counter() - started, 2),
        alarms=tuple(
            Alarm(
                kind=found.kind.value,
                rule=found.rule,
                signature=signature,
                title=found.title,
                expected=found.expected,
                found=found.found,
                times=times[signature],
            )
            for signature, found in first.items()
        ),
    )


def table_of(rows: Sequence[Row]) -> Table:
    """A line for each campaign."""
    table = Table(title="Lawful targets")
    table.add_column("target", no_wrap=True)
    for column in ("contract", "flattening"):
        table.add_column(column)
    for column in ("dialects", "requests", "inconclusive", "signatures", "discrepancies"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            row.target,
            row.contract,
            "on" if row.flattening else "off",
            str(len(row.dialects)),
            str(row.requests),
            str(row.inconclusive),
            str(len(row.alarms)),
            str(sum(alarm.times for alarm in row.alarms)),
        )
    return table


def show_alarms(console: Console, row: Row) -> None:
    """Prints each signature that was reported on a target, with its title."""
    for alarm in row.alarms:
        console.print(
            f"  {row.target}, {row.contract}, flattening {'on' if row.flattening else 'off'}: "
            f"{alarm.times} x {alarm.signature} {alarm.kind} {alarm.rule} {alarm.title}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=600, help="to each target")
    parser.add_argument("--mixtures", type=int, default=48, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=1, help="of the campaigns and the mixtures")
    parser.add_argument("--seconds", type=float, default=20, help="for each target, at most")
    parser.add_argument("--only", nargs="+", default=None, metavar="NAME")
    options = parser.parse_args()
    console = Console(width=120)
    rows = []
    for target in chosen_targets(options.only, options.mixtures, options.seed):
        row = run_target(
            target, seed=options.seed, requests=options.requests, seconds=options.seconds
        )
        rows.append(row)
        show_alarms(console, row)
    OUT.mkdir(exist_ok=True)
    (OUT / "lawful.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    console.print(table_of(rows))
    accused = {row.target for row in rows if row.alarms}
    alarms = sum(alarm.times for row in rows for alarm in row.alarms)
    console.print(
        f"{alarms} discrepancies on {len(accused)} of {len({row.target for row in rows})} lawful "
        f"targets in {sum(row.requests for row in rows)} requests"
    )
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
