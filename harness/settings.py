"""What a user asks of a run: the options of the command line, or of pytest.

Standard library only, so that pytest starts quickly where no test needs a target.
`cartfuzz.harness.resolution` makes a plan of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .access.access_settings import NO_ACCESS_OPTIONS, AccessSettings

API_KEY_VARIABLE = "CARTFUZZ_API_KEY"
MAX_WORKERS = 256
MAX_IN_FLIGHT = 1024
MAX_TIMEOUT_SEC = 86_400.0
"""A day: the operating system does not take a timeout of any size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options that describe a target and how to test it; None or empty: not given.

    Attributes:
        url: base URL of the target; None: that of the configuration file.
        sandbox: whether the embedded sandbox is the target, also where the file names a URL.
        api_key_env: the environment variable with the target's API key.
        config: the configuration file.
        contract: the value of a `cartfuzz.contract.ContractVersion`.
        seed: of all that is drawn; None: a random one.
        rps: most requests a second over all workers.
        timeout_sec: longest that one request may take.
        give_up_sec: a target that is away for longer is lost.
        workers: processes.
        in_flight: scenarios at once in each worker.
        phases: values of `cartfuzz.record.Phase`; empty: all.
        corpus: a folder or the URL of a Redis server.
        allow_hosts: the hosts besides loopback that may get load.
        faults: faults of the sandbox to switch on.
        traffic: the value of a `cartfuzz.contract.Traffic`; None: that of the configuration file.
        production: the host of which the user says that it is production, and meant.
        api_key_file: a file with the target's API key.
        api_key_keyring: ``SERVICE[/USER]`` of the API key in the keyring of the system.
        access: how the target is reached.
        trace_header: whether requests carry a header line that names them; None: as configured.
        traceparent: whether they carry that of W3C Trace Context; None: as configured.
        slow_down: whether the rate is lowered while the target suffers; None: as configured.
        max_requests: the most requests of the whole run; None: as configured.
        no_config: whether no configuration file is read.
        folders: where a configuration file is looked for that no option names.
        plugins: ``MODULE`` or ``MODULE:ATTRIBUTE`` of plugins besides those of installed packages.
        prefix: what the names of the options begin with, for messages.
    """

    url: str | None = None
    sandbox: bool = False
    api_key_env: str = API_KEY_VARIABLE
    config: Path | None = None
    contract: str | None = None
    seed: int | None = None
    rps: float | None = None
    timeout_sec: float | None = None
    give_up_sec: float | None = None
    workers: int | None = None
    in_flight: int | None = None
    phases: tuple[str, ...] = ()
    corpus: str | None = None
    allow_hosts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    traffic: str | None = None
    production: str | None = None
    api_key_file: Path | None = None
    api_key_keyring: str | None = None
    access: AccessSettings = NO_ACCESS_OPTIONS
    trace_header: bool | None = None
    traceparent: bool | None = None
    slow_down: bool | None = None
    max_requests: int | None = None
    no_config: bool = False
    folders: tuple[Path, ...] = (Path(),)
    plugins: tuple[str, ...] = ()
    prefix: str = "--"

    def option(self, name: str) -> str:
        """The option ``name`` as the user writes it: ``--rps``, ``--cartfuzz-rps``."""
        return f"{self.prefix}{name}"
