"""The target of all commands of the pages, and the folder in which the commands of a page run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cartfuzz.cli import main
from cartfuzz.contract import ContractVersion, Environment
from cartfuzz.harness.corpus.backends import open_corpus
from cartfuzz.sandbox import start
from tests.smallest import known

KEY = "the-key-of-the-pages"
FAULTS = ("closes-cancelled-sessions", "has-no-item-limit")
"""The signatures that the pages show are those of these faults."""
OTHER_URL = "http://127.0.0.1:8082"
"""The address of a second target on the pages."""
OTHER_FAULT = "rounds-prices-to-cents"
_RUN = ("--corpus", "known", "--phase", "corpus", "--report", "har", "--seed", "1")
CONFIGURATION = "[environment]\n"
"""What the target has configured. Configurations that the pages show are read by another test."""


@dataclass(kw_only=True)
class Target:
    """One sandbox with faults, a second one that is started when a page needs it, and a finished
    run on the first."""

    url: str
    folder: Path
    """Where pages begin: a configuration, an empty baseline, a corpus, recorded traffic, a run."""
    _stack: ExitStack = field(repr=False)

    @cached_property
    def other_url(self) -> str:
        """The address of the second sandbox."""
        other = start(Environment(), faults=(OTHER_FAULT,), api_key=KEY)
        return self._stack.enter_context(other).url

    def prepare(self, folder: Path) -> None:
        """Fills an empty folder with what a page may name."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)


@contextmanager
def running_target(folder: Path, enter: Callable[[Path], None]) -> Iterator[Target]:
    """Starts the target, and carries out a run of some requests on it.

    Args:
        folder: an empty folder.
        enter: changes the working directory.
    """
    (folder / "cartfuzz.toml").write_text(CONFIGURATION, "utf-8")
    (folder / "cartfuzz-baseline.toml").touch()
    scenarios = {
        found.signature: found.scenario for name, found in known().items() if name in FAULTS
    }
    open_corpus(str(folder / "known"), option="known").add_failures(
        ContractVersion.V2_5_1, scenarios
    )
    with ExitStack() as stack:
        url = stack.enter_context(start(Environment(), faults=FAULTS, api_key=KEY)).url
        enter(folder)
        assert main(["run", url, *_RUN]) == 1
        shutil.copytree(folder / "cartfuzz-report" / "latest", folder / "finished")
        shutil.copy(folder / "finished" / "report.har", folder / "traffic.har")
        yield Target(url=url, folder=folder, _stack=stack)
