"""``reproduce.sh``: the requests as curl commands, and whether the bug is there."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator

from ..plain import plain
from .artefact import KEY, Artefact, Sent
from .claim_payload import claim_of
from .pytest_script import as_data
from .runtime import claim_checker, raw_sockets
from .send_plan import Group, groups, sent_by_curl
from .template_files import body_of, filled

_BY_CURL = ("Accept", "User-Agent", "Content-Type", "Expect")
"""Header lines that curl adds where nobody says otherwise."""


def shell_script(artefact: Artefact) -> str:
    """The text of the script for ``artefact``."""
    found = artefact.discrepancy
    meta = [(sent.session, sent.dry) for sent in artefact.requests]
    step = min(found.step, len(artefact.requests) - 1)
    sent = groups(artefact)
    exact = not all(sent_by_curl(artefact, group) for group in sent)
    many = any(one.times > 1 for one in artefact.requests)
    names = [f"MARK_{number}" for number in range(1, len(artefact.marks) + 1)]
    pairs = list(zip(names, artefact.marks, strict=True))
    functions = []
    if exact:
        functions.append(filled("raw_requests.sh", raw_sockets=body_of(raw_sockets)))
    if many:
        functions.append(filled("repeated_requests.sh"))
    return filled(
        "reproduce.sh",
        title=plain(f"{found.rule}: {found.title} ({found.signature})"),
        programs="curl and python3, which also sends what curl cannot"
        if exact
        else "curl, python3",
        url=shlex.quote(artefact.target),
        functions="".join(f"\n{text}" for text in functions),
        substitutions=" ".join(f'-e "s/{mark}/${name}/g"' for name, mark in pairs),
        marks="\n".join(f"{name}=$(fresh)" for name in names),
        signature=found.signature,
        preparations="\n".join(
            _prepared(place, artefact.requests[place])
            if sent_by_curl(artefact, group)
            else _described(place, artefact.requests[place])
            for group in sent
            for place in group.places
        ),
        sends="\n".join(line for group in sent for line in _sendings(artefact, group)),
        claim=json.dumps(claim_of(artefact)),
        check=filled(
            "check_claim.py", claim_checker=body_of(claim_checker), requests=meta, step=step
        ).strip(),
        tries=" ".join(str(number + 1) for number in range(artefact.tries)),
    )


def _prepared(number: int, sent: Sent) -> str:
    """Shell lines that write the header lines and the body of a request into files."""
    lines = [f'( umask 077; marked > "$DIR/{number}.config" <<CARTFUZZ_END']
    for name, value in sent.said:
        text = _in_shell(f"{name}: {value}").replace(KEY, "$CARTFUZZ_API_KEY")
        lines.append(f'header = "{text}"')
    if sent.odd:
        said = {name.lower() for name, _ in sent.said}
        lines += [f'header = "{name}:"' for name in _BY_CURL if name.lower() not in said]
    if sent.body is not None:
        lines.append(f'data-binary = "@$DIR/{number}.body"')
    lines += ["CARTFUZZ_END", ")"]
    if sent.body is not None:
        lines.append(_body(number, sent.body))
    return "\n".join(lines)


def _described(number: int, sent: Sent) -> str:
    """Shell lines that write a request into a file for ``exact.py``; it holds no key."""
    text = json.dumps(as_data(sent, exact=True))
    return f"marked > \"$DIR/{number}.request\" <<'CARTFUZZ_END'\n{text}\nCARTFUZZ_END"


def _body(number: int, body: bytes) -> str:
    """The body as it is read best: its text, or base64 where it is no line of ASCII."""
    text = body.decode("latin-1")
    if text.isascii() and text.isprintable():
        return f'printf %s {shlex.quote(text)} | marked > "$DIR/{number}.body"'
    encoded = base64.b64encode(body).decode("ascii")
    return f'echo {encoded} | base64 -d | LC_ALL=C marked > "$DIR/{number}.body"'


def _sendings(artefact: Artefact, group: Group) -> Iterator[str]:
    if not sent_by_curl(artefact, group):
        yield f"  exactly {shlex.quote(group.how)} {' '.join(map(str, group.places))}"
        return
    for place in group.places:
        sent = artefact.requests[place]
        rest = f"{place} {sent.method} {shlex.quote(sent.target)}"
        yield f"  many {rest} {sent.times}" if sent.times > 1 else f"  send {rest}"


def _in_shell(text: str) -> str:
    """``text`` in a heredoc that expands variables, inside quotes of a curl configuration."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    # A line feed as it is could end the heredoc, and what follows it would be commands.
    quoted = quoted.replace("\n", "\\n").replace("\r", "\\r")
    return quoted.replace("\\", "\\\\").replace("$", "\\$").replace("`", "\\`")
