"""What a client sees of a sequence of requests, with everything that time alone changes removed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cartfuzz.contract import Environment

from .steps import Client, Step

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

Transcript = list[tuple[int, str, str]]


def transcript(
    environment: Environment, steps: Sequence[Step], *, faults: Sequence[str] = ()
) -> Transcript:
    """Status, content type and body of each answer that is heard; times by their rank."""
    answers = Client(environment, faults=faults).all(*steps)
    answers = [answer for answer, step in zip(answers, steps, strict=True) if step.heard]
    texts = [answer.text.decode() for answer in answers]
    times = sorted({time for text in texts for time in _TIME.findall(text)})
    ranks = {time: f"time {rank}" for rank, time in enumerate(times)}
    return [
        (answer.status, answer.content_type, _TIME.sub(lambda found: ranks[found[0]], text))
        for answer, text in zip(answers, texts, strict=True)
    ]
