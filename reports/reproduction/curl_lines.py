"""The requests of an artefact as lines that people paste into a shell.

`curl_script` makes a script that also checks the answers; these lines only send.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from .artefact import Artefact
from .artefact_request import KEY_PLACEHOLDER, ArtefactRequest
from .own_access import curl_arguments, script_access, secret_in, secrets_of, shell_secrets
from .send_plan import SendMode, curl_can_send, send_plan

_MAX_BODY = 2_000
_SCHEME = "ApiKey-v1"
_KEY_LINE = f"{_SCHEME} {KEY_PLACEHOLDER}"
_PIPE = "# Secrets go through a pipe, because other users can see command lines."


def curl_lines(artefact: Artefact) -> list[str] | None:
    """The lines that send the requests of ``artefact``, one after another.

    Returns:
        None: curl cannot send them as they were, since they are sent at the same moment or byte by
        byte, or since plugins change them on their way out; or one is too long, or holds what no
        shell line can; or a tunnel wants a login, which curl reads from a file only.
    """
    if artefact.changed_by_plugins:
        return None
    plan = send_plan(artefact)
    modes = {group.mode for group in plan}
    if not artefact.requests or modes & {SendMode.REPEATED}:
        return None
    if not all(curl_can_send(artefact, group) for group in plan):
        return None
    if script_access(artefact.access, artefact.target)["proxy_authorization"]:
        return None
    if not _is_plain(artefact.target):
        return None
    if not all(_fits(artefact, request) for request in artefact.requests):
        return None
    return list(_lines(artefact))


def _fits(artefact: Artefact, request: ArtefactRequest) -> bool:
    body = request.body or b""
    text = body.decode("latin-1")
    others = [f"{name}: {value}" for name, value in _open_headers(artefact, request)]
    secrets = {value for _, value in request.explicit_headers if secret_in(value)}
    return (
        len(body) <= _MAX_BODY
        and all(_is_plain(words) for words in (request.method, request.target, text, *others))
        and not any(KEY_PLACEHOLDER in words for words in (request.target, text, *others))
        and len(secrets) == len(secrets_of(artefact.access))
    )


def _open_headers(artefact: Artefact, request: ArtefactRequest) -> list[tuple[str, str]]:
    """The header lines that are no secrets."""
    return [
        line
        for line in request.explicit_headers
        if not _is_key(artefact, line) and secret_in(line[1]) is None
    ]


def _is_key(artefact: Artefact, line: tuple[str, str]) -> bool:
    return (line[0].lower(), line[1]) == (artefact.access.api_key_header.lower(), _KEY_LINE)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _lines(artefact: Artefact) -> Iterator[str]:
    yield f"URL={shlex.quote(artefact.target.rstrip('/'))}"
    yield "# Part of each session ID: run this again before each try, so that the sessions are new."
    for number, _ in enumerate(artefact.marks, start=1):
        yield f"MARK_{number}=cf-{_random(4)}-{_random(5)}"
    for code in artefact.codes:
        yield f"# {code.text}: write a number of a code that is not used up"
    yield from shell_secrets(artefact.access, failure="echo")
    yield _PIPE
    secrets = [
        f"""printf '{line.name}: %s\\n' "$SECRET_{number}"; """
        for number, line in enumerate(secrets_of(artefact.access), start=1)
    ]
    key = f"""printf '{artefact.access.api_key_header}: {_SCHEME} %s\\n' "$CARTFUZZ_API_KEY"; """
    yield _function(artefact, "send", key, *secrets)
    if secrets and not all(_has_key(artefact, request) for request in artefact.requests):
        yield _function(artefact, "send_without_key", *secrets)
    for request in artefact.requests:
        yield _line(artefact, request)


def _random(size: int) -> str:
    """Shell words for so many random bytes in hexadecimal: a mark is as long as it was."""
    return f"$(od -An -N{size} -tx1 /dev/urandom | tr -d ' \\n')"


def _curl(artefact: Artefact) -> str:
    """The command that goes the way of the run, whatever proxy surrounds who executes it."""
    return f"curl {shlex.join(curl_arguments(artefact.access))} -sS -i --globoff --path-as-is"


def _function(artefact: Artefact, name: str, *prints: str) -> str:
    """A shell function that sends, with the header lines that ``prints`` print."""
    return f'{name}() {{ {{ {"".join(prints)}}} | {_curl(artefact)} -H @- "$@"; echo; }}'


def _has_key(artefact: Artefact, request: ArtefactRequest) -> bool:
    return any(_is_key(artefact, line) for line in request.explicit_headers)


def _line(artefact: Artefact, request: ArtefactRequest) -> str:
    words = [f'-X {_quoted(artefact, request.method)} "$URL"{_quoted(artefact, request.target)}']
    without_key = "send_without_key" if secrets_of(artefact.access) else _curl(artefact)
    command = "send" if _has_key(artefact, request) else without_key
    for name, value in _open_headers(artefact, request):
        words.append(f"-H {_quoted(artefact, f'{name}: {value}')}")
    if request.body is not None:
        words.append(f"--data-binary {_quoted(artefact, request.body.decode('ascii'))}")
    return " ".join((command, *words))


def _quoted(artefact: Artefact, text: str) -> str:
    """``text`` for a shell, with fresh marks in the place of those of the record."""
    quoted = shlex.quote(text)
    for number, mark in enumerate(artefact.marks, start=1):
        if mark in quoted:
            # A text without special characters has no quotes that could be left for a moment.
            inner = quoted if quoted.startswith("'") else f"'{quoted}'"
            quoted = inner.replace(mark, f"'\"$MARK_{number}\"'")
    return quoted.removesuffix("''") if quoted.endswith("\"''") else quoted
