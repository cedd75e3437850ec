"""The fixed parts of artefacts."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

from .runtime import claim_checker as checks
from .runtime import raw_sockets as exact


def _without_imports(module: ModuleType) -> str:
    """The text of ``module`` behind its docstring and its imports."""
    text = inspect.getsource(module)
    last = [n for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)][-1]
    return "\n".join(text.splitlines()[last.lineno :]).strip()


CHECKS = _without_imports(checks)
EXACT = _without_imports(exact)

TEST = '''"""{doc}

Fails while the target has the bug. Run it with pytest; it needs requests and
the key in the environment variable CARTFUZZ_API_KEY, the target in CARTFUZZ_URL.
"""

from __future__ import annotations

import json
import os
import re
{imports}import uuid
from decimal import Decimal
{more_imports}from typing import Any
{last_imports}
import requests

URL = os.environ.get("CARTFUZZ_URL", {url}).rstrip("/")
MARKS = {marks}  # replaced by a fresh text on each try, so that sessions are new
REQUESTS: list[dict[str, Any]] = {requests}
# How the requests go out, by their places in the list above.
ORDER: list[tuple[str, list[int]]] = {order}
CLAIM: dict[str, Any] = {claim}
STEP = {step}
TRIES = {tries}


def test_reproduce() -> None:
    for _ in range(TRIES):
        fresh = {{
            mark: "cf-" + uuid.uuid4().hex[:8] + "-" + uuid.uuid4().hex[:10] for mark in MARKS
        }}
        found = problem(json.loads(renewed(json.dumps(CLAIM), fresh)), attempt(fresh), STEP)
        assert not found, found


def attempt(fresh: dict[str, str]) -> list[dict[str, Any]]:
    """Sends all requests once, on sessions of their own."""
    answers = []
    for how, places in ORDER:
        group = [REQUESTS[place] for place in places]
        for request, (status, body) in zip(group, sent(how, group, fresh), strict=True):
            text = body.decode("utf-8", "replace")
            text = text.replace(os.environ["CARTFUZZ_API_KEY"], "[API key]")
            about = {{"session": request["session"], "dry": request["dry"]}}
            answers.append({{**about, "status": status, "body": text}})
    return answers


def sent(
    how: str, group: list[dict[str, Any]], fresh: dict[str, str]
) -> list[tuple[int | None, bytes]]:
    key = os.environ["CARTFUZZ_API_KEY"]
{exactly}    return [send(request, fresh, key) for request in group]


def send(request: dict[str, Any], fresh: dict[str, str], key: str) -> tuple[int | None, bytes]:
    prepared = requests.Request(request["method"], URL).prepare()
    prepared.url = URL + renewed(request["target"], fresh)
    prepared.headers.update(
        {{name: renewed(line, fresh).replace("{{key}}", key) for name, line in request["headers"]}}
    )
    if request["body"] is not None:
        prepared.prepare_body(renewed(request["body"], fresh).encode("latin-1"), None)
    with requests.Session() as session:
        answer = session.send(prepared, timeout=60, allow_redirects=False)
    return answer.status_code, answer.content


def renewed(text: str, fresh: dict[str, str]) -> str:
    for mark, new in fresh.items():
        text = text.replace(mark, new)
    return text


{checks}
'''

EXACTLY = """\
    if how != "one by one":
        return send_exactly(how, group, URL, {**fresh, "{key}": key})
"""

MANY_TIMES = """\
    if how.endswith(" times"):
        return [many(int(how.split()[0]), group[0], fresh, key)]
"""

MANY = '''def many(
    times: int, request: dict[str, Any], fresh: dict[str, str], key: str
) -> tuple[int | None, bytes]:
    """The same request to so many sessions; their answers as one list."""
    status, bodies = None, []
    for number in range(1, times + 1):
        target = request["target"].replace("{n}", str(number))
        status, body = send({**request, "target": target}, fresh, key)
        bodies.append(body)
    return status, b"[" + b",".join(bodies) + b"]"'''

CHECK_SCRIPT = """
import json, os, pathlib, re, sys
from decimal import Decimal
from typing import Any

{checks}

folder = pathlib.Path(sys.argv[1])
meta = {meta}
claim = json.loads((folder / "claim").read_text())
answers = []
for place, (session, dry) in enumerate(meta):
    status = int((folder / f"{{place}}.status").read_text() or 0) or None
    body = (folder / f"{{place}}.answer").read_bytes().decode("utf-8", "replace")
    body = body.replace(os.environ["CARTFUZZ_API_KEY"], "[API key]")
    answers.append({{"session": session, "dry": dry, "status": status, "body": body}})
found = problem(claim, answers, {step})
print(found)
sys.exit(1 if found else 0)
"""

EXACT_SCRIPT = (
    r"""
# What curl cannot send, python3 sends byte by byte.
cat > "$DIR/exact.py" <<'CARTFUZZ_END'
import json, os, pathlib, selectors, socket, ssl, sys
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

"""
    + EXACT
    + r"""


folder, how, numbers = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
requests = [json.loads((folder / f"{number}.request").read_text()) for number in numbers]
key = {"{key}": os.environ["CARTFUZZ_API_KEY"]}
answers = send_exactly(how, requests, os.environ["TARGET"], key)
for number, (status, body) in zip(numbers, answers):
    (folder / f"{number}.status").write_text(str(status or 0))
    (folder / f"{number}.answer").write_bytes(body)
CARTFUZZ_END
exactly() { # how number...
  TARGET="$URL" python3 "$DIR/exact.py" "$DIR" "$@"
}
"""
)

MANY_SCRIPT = r"""
many() { # number method target times; the answers become one list
  printf '[' > "$DIR/$1.list"
  n=0
  while [ "$n" -lt "$4" ]; do
    n=$((n + 1))
    [ "$n" = 1 ] || printf , >> "$DIR/$1.list"
    send "$1" "$2" "$(printf %s "$3" | sed "s/{n}/$n/")"
    cat "$DIR/$1.answer" >> "$DIR/$1.list"
  done
  printf ']' >> "$DIR/$1.list"
  mv "$DIR/$1.list" "$DIR/$1.answer"
}
"""

SHELL = r"""#!/bin/sh
# {doc}
#
# Ends with 1 while the target has the bug, with 0 once it has not.
# Needs {needs}; the key in CARTFUZZ_API_KEY, the target in CARTFUZZ_URL.
set -eu
DEFAULT_URL={url}
URL="${{CARTFUZZ_URL:-$DEFAULT_URL}}"
URL="${{URL%/}}"
: "${{CARTFUZZ_API_KEY:?set it to the API key of the target}}"
export CARTFUZZ_API_KEY
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT

# The key goes into a file that nobody else may read, not on a command line.
marked() {{ sed {renewals}; }}
fresh() {{ # a mark that no session had before
  printf 'cf-%s-%s' "$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')" \
    "$(od -An -N5 -tx1 /dev/urandom | tr -d ' \n')"
}}
send() {{ # number method target
  curl -sS --http1.1 --globoff --path-as-is --max-time 60 -X "$2" -K "$DIR/$1.config" \
    -o "$DIR/$1.answer" -w '%{{http_code}}' "$URL$(printf %s "$3" | marked)" > "$DIR/$1.status"
}}
{exact}
prepare() {{
{marks}
{preparations}
marked > "$DIR/claim" <<'CARTFUZZ_END'
{claim}
CARTFUZZ_END
}}

attempt() {{
{sendings}
}}

check() {{
python3 - "$DIR" <<'CARTFUZZ_END'
{check}
CARTFUZZ_END
}}

for _ in {tries}; do
  prepare
  attempt
  if ! check; then
    echo "the bug is there: {signature}" >&2
    exit 1
  fi
done
echo "not there: {signature}"
"""
