"""The hostile server alone, until Ctrl-C.

Usage: python -m tests.hostile MODE [--every N] [--lawful-first N] [--port N]

The API key is that of CARTFUZZ_API_KEY, or ``keys.BENCH_KEY``. ``--list`` prints the table.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading

from cartfuzz.sandbox import start
from tests.hostile.canary import Canary
from tests.hostile.keys import BENCH_KEY
from tests.hostile.server import HostileServer, Turns
from tests.hostile.table import BY_NAME, MODES


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("mode", nargs="?", choices=sorted(BY_NAME), metavar="MODE")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--lawful-first", type=int, default=0, metavar="N")
    parser.add_argument("--port", type=int, default=8099, metavar="N")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list or options.mode is None:
        for mode in MODES:
            sys.stdout.write(f"{mode.area:12} {mode.name:28} {mode.what}\n")
        return 0
    key = os.environ.get("CARTFUZZ_API_KEY", BENCH_KEY)
    turns = Turns(options.every, options.lawful_first)
    mode = BY_NAME[options.mode]
    with (
        start(api_key=key) as lawful,
        Canary() as canary,
        HostileServer(lawful.url, key, mode, turns, canary.url, options.port) as server,
    ):
        sys.stdout.write(f"{mode.name} on {server.url}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write(f"{server.disturbed} of {server.exchanges} answers disturbed\n")
            sys.stdout.write(f"{canary.connections} connections to the canary\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
