"""``reproduce.sh``: the requests as curl commands, and whether the bug is there."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator

import msgspec

from ...contract import MARK
from ..plain import plain
from .texts import CHECK_SCRIPT, CHECKS, SHELL
from .values import KEY, Artefact, Sent

_TRIES_OF_A_BURST = 20


def shell_script(artefact: Artefact) -> str:
    """The text of the script for ``artefact``."""
    found = artefact.discrepancy
    meta = [(sent.session, sent.dry) for sent in artefact.requests]
    step = min(found.step, len(artefact.requests) - 1)
    tries = _TRIES_OF_A_BURST if artefact.scenario.burst else 1
    return SHELL.format(
        doc=plain(f"{found.rule}: {found.title} ({found.signature})"),
        url=shlex.quote(artefact.target),
        mark=MARK,
        signature=found.signature,
        preparations="\n".join(
            _prepared(number, sent) for number, sent in enumerate(artefact.requests)
        ),
        sendings="\n".join(_sendings(artefact)),
        claim=json.dumps(msgspec.to_builtins(found.claim)),
        check=CHECK_SCRIPT.format(checks=CHECKS, meta=meta, step=step).strip(),
        tries=" ".join(str(number + 1) for number in range(tries)),
    )


def _prepared(number: int, sent: Sent) -> str:
    """Shell lines that write the header lines and the body of a request into files."""
    lines = [f'( umask 077; marked > "$DIR/{number}.config" <<CARTFUZZ_END']
    for name, value in sent.headers:
        text = _in_shell(f"{name}: {value}").replace(KEY, "$CARTFUZZ_API_KEY")
        lines.append(f'header = "{text}"')
    if sent.body is not None:
        lines.append(f'data-binary = "@$DIR/{number}.body"')
    lines += ["CARTFUZZ_END", ")"]
    if sent.body is not None:
        lines.append(_body(number, sent.body))
    return "\n".join(lines)


def _body(number: int, body: bytes) -> str:
    """The body as it is read best: its text, or base64 where it is no line of ASCII."""
    text = body.decode("latin-1")
    if text.isascii() and text.isprintable():
        return f'printf %s {shlex.quote(text)} | marked > "$DIR/{number}.body"'
    encoded = base64.b64encode(body).decode("ascii")
    return f'echo {encoded} | base64 -d | LC_ALL=C marked > "$DIR/{number}.body"'


def _sendings(artefact: Artefact) -> Iterator[str]:
    first, last = artefact.scenario.burst or (0, 0)
    for number, sent in enumerate(artefact.requests):
        together = " &" if first <= number < last else ""
        yield f"  send {number} {sent.method} {shlex.quote(sent.target)}{together}"
        if together and number == last - 1:
            yield "  wait"


def _in_shell(text: str) -> str:
    """``text`` in a heredoc that expands variables, inside quotes of a curl configuration."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return quoted.replace("\\", "\\\\").replace("$", "\\$").replace("`", "\\`")
