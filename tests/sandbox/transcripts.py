"""Compares sandboxes by the answers to the same requests, whatever the time of day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cartfuzz.contract import Environment

from .steps import Client, Step

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

Transcript = list[tuple[int, str, str]]


def transcript(
    environment: Environment,
    steps: Sequence[Step],
    *,
    faults: Sequence[str] = (),
    dialects: Sequence[str] = (),
) -> Transcript:
    """Status, content type and body of each answer that the client waits for.

    Each time in a body is replaced by its rank among all times.
    """
    answers = Client(environment, faults=faults, dialects=dialects).send_all(*steps)
    answers = [answer for answer, step in zip(answers, steps, strict=True) if step.client_waits]
    texts = [answer.text.decode() for answer in answers]
    times = sorted({time for text in texts for time in _TIME.findall(text)})
    ranks = {time: f"time {rank}" for rank, time in enumerate(times)}
    return [
        (answer.status, answer.content_type, _TIME.sub(lambda match: ranks[match[0]], text))
        for answer, text in zip(answers, texts, strict=True)
    ]
