"""Runs a sandbox process: reads its settings from standard input, serves until that ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import BinaryIO

import msgspec

from .asgi import application
from .assembly import assembled
from .process import LaunchResult, LaunchSettings
from .server import SandboxError, Server, base_url, open_listener


def main(settings_input: BinaryIO, result_output: BinaryIO) -> None:
    """Serves with the settings on the first line of ``settings_input``, until that ends.

    The parent holds the other end of ``settings_input``, so this process ends with its parent,
    however that one ends. The parent handles the signals that a terminal or a CI
    system sends to all processes of a run.

    Args:
        settings_input: one line of JSON, a `LaunchSettings`.
        result_output: gets one line of JSON, a `LaunchResult`.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    line = settings_input.readline()
    if not line:
        return
    settings = msgspec.json.decode(line, type=LaunchSettings)

    def send(result: LaunchResult) -> None:
        result_output.write(msgspec.json.encode(result) + b"\n")
        result_output.flush()

    try:
        listener = open_listener(settings.host, settings.port)
    except SandboxError as error:
        send(LaunchResult(problem=str(error)))
        return
    service = assembled(settings.environment, settings.faults, settings.dialects, settings.api_key)
    threading.Thread(target=_exit_at_end_of, args=(settings_input,), daemon=True).start()
    Server(
        application(service, latency_sec=settings.latency_sec),
        stack=service,
        on_ready=lambda: send(LaunchResult(url=base_url(settings.host, listener))),
        handles_signals=False,
    ).run(sockets=[listener])


def _exit_at_end_of(stream: BinaryIO) -> None:
    stream.read()
    # A thread cannot end the process by an exception.
    os._exit(0)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
