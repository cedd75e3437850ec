"""Whether wheel and source archive install, with each extra, in an environment of their own.

``python benchmarks/installing.py [--extra NAME]... [--python COMMAND]...`` builds both, makes a
virtual environment for each extra and each Python, installs the wheel there, and starts what the
extra is for. For the other versions of Python that are supported it asks pip whether all packages
have a wheel. Nothing but loopback and the package index is used.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
HANG_SEC = 600
NO_EXTRA = ""
RUN = ("run", "--sandbox", "--requests", "40", "--seed", "1", "--no-minimise", "-qq")
NOT_FOR_USERS = frozenset(("bench", "dev", "docs", "mutation", "test"))

COMMANDS: Mapping[str, Sequence[Sequence[str]]] = {
    NO_EXTRA: (("cartfuzz", "--version"), ("cartfuzz", *RUN), ("cartfuzz", "rules")),
    "dask": (("python", "-c", "import cartfuzz.harness.executors.dask_cluster"),),
    "html": (("cartfuzz", *RUN, "--report", "html"),),
    "keyring": (("python", "-c", "import keyring"),),
    "otel": (("cartfuzz", *RUN, "--otel"),),
    "prometheus": (("cartfuzz", *RUN, "--metrics-file", "run.prom", "--metrics-port", "0"),),
    "pytest": (("python", "-m", "pytest", "--pyargs", "cartfuzz.suite", "--collect-only", "-q"),),
    "redis": (("python", "-c", "import cartfuzz.harness.corpus.redis_database"),),
    "wsgi": (("python", "-c", "import a2wsgi"),),
}
"""What must work with an extra."""
MISSING: Mapping[str, Sequence[str]] = {
    "dask": ("--scheduler", "tcp://127.0.0.1:1"),
    "html": ("--report", "html"),
    "otel": ("--otel",),
    "prometheus": ("--metrics-port", "0"),
}
"""What ends with exit code 2, and the name of the extra, where it is not installed."""


def main() -> int:
    """Prints a line for each environment; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", action="append", choices=extras(), help="only this one")
    parser.add_argument("--python", action="append", help="commands of Python; default: all found")
    given = parser.parse_args()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, archive = build(folder)
        for python in given.python or pythons():
            for extra in (NO_EXTRA, *(given.extra or extras())):
                failures += report(f"{python} wheel[{extra}]", checks(folder, python, wheel, extra))
            failures += report(f"{python} sdist[test]", checks_of_archive(folder, python, archive))
        for version in SUPPORTED:
            failures += report(f"wheels for Python {version}", resolves(folder, wheel, version))
    return 1 if failures else 0


def extras() -> list[str]:
    """Those that users install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted(project["optional-dependencies"].keys() - NOT_FOR_USERS)


def pythons() -> list[str]:
    """The commands of supported versions on this machine."""
    return [name for name in (f"python{version}" for version in SUPPORTED) if shutil.which(name)]


def report(what: str, troubles: Iterator[str]) -> list[str]:
    """Prints what became of one environment, and returns its troubles."""
    found = list(troubles)
    print(f"{what:40} {'failed' if found else 'ok'}", flush=True)
    for trouble in found:
        print(f"    {trouble}", flush=True)
    return found


def build(folder: Path) -> tuple[Path, Path]:
    """The wheel, made from the source archive, and the archive."""
    venv.create(folder / "builder", with_pip=True)
    python = str(folder / "builder" / "bin" / "python")
    run([python, "-m", "pip", "install", "--quiet", "build"], folder)
    source = folder / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", "build", "*.egg-info", "out", ".*_cache")
    shutil.copytree(ROOT, source, ignore=ignored)
    run([python, "-m", "build", "--outdir", str(folder / "dist"), str(source)], folder)
    (wheel,), (archive,) = ((folder / "dist").glob(one) for one in ("*.whl", "*.tar.gz"))
    return wheel, archive


def checks(folder: Path, python: str, wheel: Path, extra: str) -> Iterator[str]:
    """What does not work in an environment with the wheel and one extra."""
    bin_folder, work = environment(folder, python)
    wanted = f"{wheel}[{extra}]" if extra else str(wheel)
    yield from trouble([bin_folder / "python", "-m", "pip", "install", "--quiet", wanted], work)
    for command in COMMANDS[extra]:
        yield from trouble([bin_folder / command[0], *command[1:]], work)
    if extra == NO_EXTRA:
        for missing, options in MISSING.items():
            done = run([bin_folder / "cartfuzz", *RUN, *options], work, check=False)
            if done.returncode != 2 or f"cartfuzz[{missing}]" not in done.stderr:
                yield f"{' '.join(options)}: exit code {done.returncode}: {done.stderr[-300:]}"
    started = all(command[0] == "cartfuzz" for command in COMMANDS[extra])
    if started and (work / ".hypothesis").exists():
        yield "a folder .hypothesis is left where the commands were started"


def checks_of_archive(folder: Path, python: str, archive: Path) -> Iterator[str]:
    """What does not work where the source archive is unpacked, and its tests are run."""
    bin_folder, work = environment(folder, python)
    shutil.unpack_archive(archive, work, filter="data")
    (source,) = work.iterdir()
    install = ("-m", "pip", "install", "--quiet", f"{source}[test]")
    yield from trouble([bin_folder / "python", *install], work)
    tests = ("tests/wire", "tests/contract", "tests/compatibility")
    options = ("-q", "-p", "no:cacheprovider")
    yield from trouble([bin_folder / "python", "-m", "pytest", *options, *tests], source)


def resolves(folder: Path, wheel: Path, version: str) -> Iterator[str]:
    """Whether pip finds a wheel of each package for a version of Python."""
    command: list[str | Path] = [
        folder / "builder" / "bin" / "python",
        *("-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"),
        *("--only-binary", ":all:", "--python-version", version),
        *("--target", folder / "nowhere", f"{wheel}[{','.join(extras())}]"),
    ]
    yield from trouble(command, folder)


def environment(folder: Path, python: str) -> tuple[Path, Path]:
    """A new virtual environment's folder of commands, and an empty folder."""
    own = Path(tempfile.mkdtemp(dir=folder))
    run([python, "-m", "venv", str(own / "venv")], folder)
    (own / "work").mkdir()
    return own / "venv" / "bin", own / "work"


def trouble(command: Sequence[str | Path], folder: Path) -> Iterator[str]:
    """One text, if ``command`` fails; a run that is not whole has exit code 8."""
    done = run(command, folder, check=False)
    if done.returncode not in (0, 8):
        text = " ".join(str(one) for one in command[1:])
        yield f"{text}: exit code {done.returncode}: {(done.stderr or done.stdout)[-600:]}"


def run(
    command: Sequence[str | Path], folder: Path, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """What ``command`` did in ``folder``; its spans go nowhere."""
    return subprocess.run(
        command,
        cwd=folder,
        check=check,
        env={**os.environ, "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
        capture_output=True,
        text=True,
        timeout=HANG_SEC,
    )


if __name__ == "__main__":
    sys.exit(main())
