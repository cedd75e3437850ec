"""The main module of a sandbox process: takes its order, serves until its input ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import BinaryIO

import msgspec

from .asgi import application
from .assembly import assembled
from .process import Order, Report
from .server import SandboxError, Server, listening, url_of


def main(orders: BinaryIO, reports: BinaryIO) -> None:
    """Serves what the first line of ``orders`` asks for; ends when ``orders`` ends.

    The other end of ``orders`` is the parent's, so this process never outlives it, however the
    parent ends. Interrupts are the parent's to handle.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = orders.readline()
    if not line:
        return
    order = msgspec.json.decode(line, type=Order)

    def say(report: Report) -> None:
        reports.write(msgspec.json.encode(report) + b"\n")
        reports.flush()

    try:
        listener = listening(order.host, order.port)
    except SandboxError as error:
        say(Report(problem=str(error)))
        return
    service = assembled(order.environment, order.faults, order.dialects, order.api_key)
    threading.Thread(target=_end_with, args=(orders,), daemon=True).start()
    Server(
        application(service, latency_sec=order.latency_sec),
        on_ready=lambda: say(Report(url=url_of(order.host, listener))),
        takes_signals=False,
    ).run(sockets=[listener])


def _end_with(orders: BinaryIO) -> None:
    orders.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
