"""``reproduce.sh``: sends the requests of an artefact with curl and checks its claim."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterator

from ..plain import plain
from .artefact import DEFAULT_KEY_VARIABLE, Artefact
from .artefact_codes import NUMBER_VARIABLE, ArtefactCode
from .artefact_request import ArtefactRequest
from .claim_payload import claim_payload
from .own_access import curl_arguments, script_access, secrets_of, shell_secrets
from .runtime import claim_checker, raw_sockets
from .send_plan import SendGroup, SendMode, curl_can_send, send_plan
from .template_files import body_of, filled

_CURL_HEADERS = ("Accept", "User-Agent", "Content-Type", "Expect")
"""Headers that curl adds unless its configuration leaves them out."""
_CODE_NUMBER = f"""\
# Each attempt has codes of its own, from this number on. {NUMBER_VARIABLE} gives another one.
RANDOM_NUMBER=$(od -An -N4 -tu4 /dev/urandom | tr -d ' \\n')
CODE_NUMBER="${{{NUMBER_VARIABLE}:-$RANDOM_NUMBER}}"
case $CODE_NUMBER in
  *[!0-9]*) echo "{NUMBER_VARIABLE}: expected a whole number" >&2; exit 2 ;;
esac
# Zeros in front would make it octal.
CODE_NUMBER=$(printf %s "$CODE_NUMBER" | sed 's/^0*//')
CODE_NUMBER=${{CODE_NUMBER:-0}}
"""
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def curl_script(artefact: Artefact) -> str:
    """The text of the script for ``artefact``, which needs a claim."""
    found = artefact.discrepancy
    plan = send_plan(artefact)
    marks = {f"MARK_{number}": mark for number, mark in enumerate(artefact.marks, start=1)}
    return filled(
        "reproduce.sh",
        title=plain(f"{found.rule}: {found.title} ({found.signature})"),
        url=shlex.quote(artefact.target),
        sandbox=_sandbox_note(artefact),
        key=_key_line(artefact.key_variable),
        secrets="".join(
            f"{line}\n" for line in shell_secrets(artefact.access, failure="could_not_ask")
        ),
        curl=shlex.join(curl_arguments(artefact.access)),
        functions="".join(f"\n{text}" for text in _functions(artefact, plan)),
        substitutions=" ".join(
            (
                *(f'-e "s/{mark}/${name}/g"' for name, mark in marks.items()),
                *(f'-e "{code.sed_command(f"CODE_{n}")}"' for n, code in enumerate(artefact.codes)),
            )
        ),
        codes=_CODE_NUMBER if artefact.codes else "",
        marks="\n".join(
            (*(f"{name}=$(fresh_mark)" for name in marks), *_fresh_codes(artefact.codes))
        ),
        signature=found.signature,
        preparations="\n".join(line for group in plan for line in _preparations(artefact, group)),
        sends="\n".join(line for group in plan for line in _sends(artefact, group)),
        claim=json.dumps(claim_payload(artefact)),
        check=_check(artefact),
        tries=" ".join(str(attempt) for attempt in range(1, artefact.attempts + 1)),
    )


def _sandbox_note(artefact: Artefact) -> str:
    """Comment lines that name the embedded sandbox, which has ended; empty: there was none."""
    if not artefact.serve_line:
        return ""
    lines = ("", "The target below was the embedded sandbox, which has ended; start one like it:")
    return "\n# ".join((*lines, f"  {artefact.serve_line}"))


def _key_line(variable: str) -> str:
    """A shell line that reads the API key from the variable of the run, if it has another one."""
    if variable == DEFAULT_KEY_VARIABLE or not _SHELL_NAME.fullmatch(variable):
        return ""
    return f'CARTFUZZ_API_KEY="${{CARTFUZZ_API_KEY:-${{{variable}:-}}}}"\n'


def _fresh_codes(codes: tuple[ArtefactCode, ...]) -> Iterator[str]:
    """Shell lines that give each code its number in an attempt."""
    for number, code in enumerate(codes):
        start = f"(CODE_NUMBER - {code.first}) % {code.numbers} + {code.numbers}"
        yield f"CODE_{number}=$(({code.first + code.index} + ({start}) % {code.numbers}))"
    if codes:
        yield "CODE_NUMBER=$((CODE_NUMBER + 2))"


def _functions(artefact: Artefact, plan: list[SendGroup]) -> Iterator[str]:
    """The shell functions that only some artefacts need."""
    if not all(curl_can_send(artefact, group) for group in plan):
        yield filled(
            "raw_requests.sh",
            raw_sockets=body_of(raw_sockets),
            secrets=len(secrets_of(artefact.access)),
            access=json.dumps(script_access(artefact.access, artefact.target)),
        )
    if any(group.mode is SendMode.REPEATED for group in plan):
        yield filled("repeated_requests.sh")


def _check(artefact: Artefact) -> str:
    return filled(
        "check_claim.py",
        claim_checker=body_of(claim_checker),
        requests=[(request.session_index, request.dry) for request in artefact.requests],
        step=artefact.step,
        statuses=list(artefact.statuses),
    ).strip()


def _preparations(artefact: Artefact, group: SendGroup) -> Iterator[str]:
    login = script_access(artefact.access, artefact.target)["proxy_authorization"]
    for index in group.indices:
        request = artefact.requests[index]
        if curl_can_send(artefact, group):
            yield _curl_files(index, request, login)
        else:
            yield _raw_request_file(index, request)


def _curl_files(index: int, request: ArtefactRequest, proxy_login: str) -> str:
    """Shell lines that write the headers and the body of a request into files for curl."""
    lines = [f"with_fresh_marks > \"$DIR/{index}.config\" <<'CARTFUZZ_END'"]
    lines += [
        f'header = "{_quoted(f"{name}: {value}")}"' for name, value in request.explicit_headers
    ]
    if proxy_login:
        lines.append(f'proxy-header = "Proxy-Authorization: {proxy_login}"')
    if request.is_raw:
        given = {name.lower() for name, _ in request.explicit_headers}
        lines += [f'header = "{name}:"' for name in _CURL_HEADERS if name.lower() not in given]
    if request.body is not None:
        lines.append(f'data-binary = "@{{cartfuzz_dir}}/{index}.body"')
    lines.append("CARTFUZZ_END")
    if request.body is not None:
        lines.append(_body_file(index, request.body))
    return "\n".join(lines)


def _raw_request_file(index: int, request: ArtefactRequest) -> str:
    """Shell lines that write a request into a file for ``raw_sockets.py``, without the API key."""
    text = json.dumps(request.payload(all_headers=True))
    lines = (f"with_fresh_marks > \"$DIR/{index}.request\" <<'CARTFUZZ_END'", text, "CARTFUZZ_END")
    return "\n".join(lines)


def _body_file(index: int, body: bytes) -> str:
    """A shell line that writes a body: readable if it is one line of ASCII, else as base64."""
    text = body.decode("latin-1")
    if text.isascii() and text.isprintable():
        return f'printf %s {shlex.quote(text)} | with_fresh_marks > "$DIR/{index}.body"'
    encoded = base64.b64encode(body).decode("ascii")
    return f'echo {encoded} | base64 -d | LC_ALL=C with_fresh_marks > "$DIR/{index}.body"'


def _sends(artefact: Artefact, group: SendGroup) -> Iterator[str]:
    if not curl_can_send(artefact, group):
        yield f"  send_raw {shlex.quote(group.label)} {' '.join(map(str, group.indices))}"
        return
    for index in group.indices:
        request = artefact.requests[index]
        arguments = f"{index} {request.method} {shlex.quote(request.target)}"
        if group.mode is SendMode.REPEATED:
            yield f"  send_repeatedly {arguments} {request.repetitions}"
        else:
            yield f"  send {arguments}"


def _quoted(text: str) -> str:
    """``text`` as a quoted value of a curl configuration, in a heredoc that expands nothing."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    # A line feed could end the heredoc, and the shell would run the lines after it.
    return quoted.replace("\n", "\\n").replace("\r", "\\r")
