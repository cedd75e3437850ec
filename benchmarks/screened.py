"""Which seeded faults can show to given requests at all: they are sent to a sandbox with each fault
and to one without, and the answers compared."""

from __future__ import annotations

import base64
import http.client
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.sandbox import Fault, start

_EVER_NEW = re.compile(rb'"id":[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+Z-]+')
"""Numbers and times that no two runs share."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it went over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    with_key: bool


def sent_in(interaction: Mapping[str, Any]) -> Sent:
    """The request of one exchange in the NDJSON report of Schemathesis."""
    request = interaction["request"]
    parts = urlsplit(request["uri"])
    headers = {
        name: values[0]
        for name, values in request["headers"].items()
        if name.lower() not in ("authorization", "host", "content-length", "connection")
    }
    body = request.get("body")
    return Sent(
        method=request["method"],
        target=parts.path + (f"?{parts.query}" if parts.query else ""),
        headers=headers,
        body=base64.b64decode(body["$base64"]) if body else None,
        with_key="Authorization" in request["headers"],
    )


def telling(
    faults: Sequence[Fault], requests: Mapping[ContractVersion, Sequence[Sent]]
) -> Iterator[Fault]:
    """Those of ``faults`` that answer at least one of the requests of their contract version
    otherwise than the clean sandbox, which is asked twice: what it answers in two ways tells
    nothing."""
    clean: dict[bytes, list[set[bytes]]] = {}
    for fault in faults:
        environment = fault.environment(EXAMPLE_ENVIRONMENT)
        asked = requests[environment.contract]
        key = msgspec.json.encode(environment)
        if key not in clean:
            twice = [list(_answers(environment, (), asked)) for _ in range(2)]
            clean[key] = [set(pair) for pair in zip(*twice, strict=True)]
        faulty = _answers(environment, (fault.name,), asked)
        if any(
            len(known) == 1 and answer not in known
            for known, answer in zip(clean[key], faulty, strict=True)
        ):
            yield fault


def _answers(
    environment: Environment, faults: tuple[str, ...], requests: Iterable[Sent]
) -> Iterator[bytes]:
    """Status and body of each answer, without what is new every time."""
    with start(environment, faults=faults) as sandbox:
        place = urlsplit(sandbox.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        for sent in requests:
            headers = dict(sent.headers)
            if sent.with_key:
                headers["Authorization"] = f"ApiKey-v1 {sandbox.api_key}"
            try:
                connection.request(sent.method, sent.target, sent.body, headers)
                answer = connection.getresponse()
                yield b"%d %s" % (answer.status, _EVER_NEW.sub(b"", _ordered(answer.read())))
            except (OSError, http.client.HTTPException, ValueError) as error:
                connection.close()
                yield type(error).__name__.encode()
        connection.close()


def _ordered(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except ValueError:
        return body
