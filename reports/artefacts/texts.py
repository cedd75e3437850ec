"""The fixed parts of artefacts."""

from __future__ import annotations

import inspect

from . import checks

CHECKS = "\n\n" + inspect.getsource(checks).partition("\nMISSING")[2].strip()
CHECKS = "MISSING" + CHECKS.lstrip("\n") if not CHECKS.startswith("MISSING") else CHECKS

TEST = '''"""{doc}

Fails while the target has the bug. Run it with pytest; it needs requests and
the key in the environment variable CARTFUZZ_API_KEY, the target in CARTFUZZ_URL.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import requests

URL = os.environ.get("CARTFUZZ_URL", {url}).rstrip("/")
MARK = {mark}
REQUESTS: list[dict[str, Any]] = {requests}
CLAIM: dict[str, Any] = {claim}
STEP = {step}
BURST = {burst}
TRIES = 20 if BURST else 1


def test_reproduce() -> None:
    for _ in range(TRIES):
        mark = "cf-" + uuid.uuid4().hex[:8] + "-" + uuid.uuid4().hex[:10]
        claim = json.loads(json.dumps(CLAIM).replace(MARK, mark))
        found = problem(claim, attempt(mark), STEP)
        assert not found, found


def attempt(mark: str) -> list[dict[str, Any]]:
    """Sends all requests once, on sessions of their own."""
    first, last = BURST or (0, 0)
    answers = []
    for place, request in enumerate(REQUESTS):
        if place == first and last > first:
            barrier = Barrier(last - first)
            with ThreadPoolExecutor(last - first) as pool:
                answers += pool.map(lambda one: send(one, mark, barrier), REQUESTS[first:last])
        elif not first <= place < last:
            answers.append(send(request, mark))
    return answers


def send(request: dict[str, Any], mark: str, barrier: Barrier | None = None) -> dict[str, Any]:
    key = os.environ["CARTFUZZ_API_KEY"]
    body = request["body"]
    prepared = requests.Request(request["method"], URL).prepare()
    prepared.url = URL + request["target"].replace(MARK, mark)
    prepared.headers.update(
        {{n: v.replace("{{key}}", key).replace(MARK, mark) for n, v in request["headers"].items()}}
    )
    if body is not None:
        prepared.prepare_body(body.encode("latin-1").replace(MARK.encode(), mark.encode()), None)
    with requests.Session() as session:
        if barrier is not None:
            barrier.wait()
        answer = session.send(prepared, timeout=60, allow_redirects=False)
    text = answer.content.decode("utf-8", "replace")
    return {{
        "session": request["session"],
        "dry": request["dry"],
        "status": answer.status_code,
        "body": text,
    }}


{checks}
'''

CHECK_SCRIPT = """
import json, pathlib, re, sys
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
    answers.append({{"session": session, "dry": dry, "status": status, "body": body}})
found = problem(claim, answers, {step})
print(found)
sys.exit(1 if found else 0)
"""

SHELL = r"""#!/bin/sh
# {doc}
#
# Ends with 1 while the target has the bug, with 0 once it has not.
# Needs curl and python3; the key in CARTFUZZ_API_KEY, the target in CARTFUZZ_URL.
set -eu
DEFAULT_URL={url}
URL="${{CARTFUZZ_URL:-$DEFAULT_URL}}"
: "${{CARTFUZZ_API_KEY:?set it to the API key of the target}}"
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT

# The key goes into a file that nobody else may read, not on a command line.
marked() {{ sed -e "s/{mark}/$MARK/g"; }}
send() {{ # number method target
  curl -sS --globoff --path-as-is --max-time 60 -X "$2" -K "$DIR/$1.config" \
    -o "$DIR/$1.answer" -w '%{{http_code}}' "$URL$(printf %s "$3" | marked)" > "$DIR/$1.status"
}}

prepare() {{
RANDOM_PART=$(od -An -N9 -tx1 /dev/urandom | tr -d ' \n')
MARK="cf-$(printf %.8s "$RANDOM_PART")-$(printf %s "$RANDOM_PART" | tail -c 10)"
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
