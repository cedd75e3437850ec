"""Follows one execution, and yields what each response shows where the contract is silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from ...contract import Fetch, Update
from ...record import UNKNOWN_CODES, Observation, Outcome, Situation
from ..judged_response import JudgedResponse
from ..model import Topic, Verdict, is_empty, sent_session
from .campaigns import campaign_choices
from .effects import IGNORED, effect_on, was_sent
from .open_choices import choices_at_once, choices_of_update
from .situations import open_situation

ACCEPTED, REFUSED = Outcome.accepted(), Outcome.other("refused 4xx")

_NO_ERROR, _SHOWS_KEY = Situation.other("no error"), Outcome.other("it shows the API key")

_Reader = Callable[[Mapping[str, Any]], Iterator[Observation]]


class Fingerprints:
    """Observes one execution. The effect of an update may show only in the next read."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Reader] = {}
        self._unread: dict[int, tuple[Observation, ...]] = {}
        self._sent: dict[tuple[int, str], list[Any]] = {}
        """By session and field: the values of all accepted updates."""

    def observe(self, number: int, response: JudgedResponse) -> Iterator[Observation]:
        """What the response to step ``number`` shows of this step and of earlier ones."""
        session = response.step.session
        shown = response.shown
        if not response.dry:
            waiting, unread = self._waiting.pop(session, None), self._unread.pop(session, None)
            if isinstance(response.step, Fetch) and shown is not None and waiting is not None:
                yield from waiting(shown)
            elif unread is not None:
                yield from unread
        if response.received.shows_key and response.status < 400:
            yield _key_shown(number, response)
        yield from choices_at_once(number, response)
        yield from campaign_choices(number, response)
        if response.expectation.verdict is Verdict.UNSPECIFIED and not 300 <= response.status < 400:
            yield from self._unspecified(number, response)
        elif isinstance(response.step, Update) and response.accepted and not response.dry:
            yield from self._when_shown(
                response, lambda view: choices_of_update(number, response, view)
            )
        if isinstance(response.step, Update) and response.accepted and not response.dry:
            for field, value in sent_session(response.step).items():
                self._sent.setdefault((session, field), []).append(value)

    def _unspecified(self, number: int, response: JudgedResponse) -> Iterator[Observation]:
        open_to, comparable = open_situation(response)
        fields = {remark.field for remark in response.expectation.remarks if remark.field}
        field_name = fields.pop() if len(fields) == 1 else ""

        def observed(outcome: Outcome) -> tuple[Observation, ...]:
            one = Observation(
                rule=response.expectation.rules[0],
                situation=open_to.key,
                outcome=outcome.key,
                operation=response.step.operation,
                comparable=comparable,
                step=number,
                field_name=field_name,
            )
            if not comparable or not _is_about_a_code(response):
                return (one,)
            # All such codes are one situation, but a target may look at the session as well.
            every = UNKNOWN_CODES[field_name].key
            return (one, msgspec.structs.replace(one, situation=every, comparable=False))

        if not response.accepted:
            if response.refused:
                yield from observed(REFUSED)
            return
        field = _field(response)
        if field is None or response.dry or not comparable:
            yield from observed(ACCEPTED)
            return

        def read(view: Mapping[str, Any]) -> Iterator[Observation]:
            effect = _effect(field, response, view)
            before = response.before.fields.get(field)
            sent = self._sent.get((response.step.session, field), ())
            if effect == IGNORED and not is_empty(before) and not was_sent(field, before, sent):
                effect = ""
            yield from observed(Outcome.accepted(effect))

        if response.shown is None:
            self._unread[response.step.session] = observed(ACCEPTED)
        yield from self._when_shown(response, read)

    def _when_shown(self, response: JudgedResponse, read: _Reader) -> Iterator[Observation]:
        """``read`` of the session as this answer shows it, or as the next read will."""
        if response.shown is not None:
            yield from read(response.shown)
        else:
            self._waiting[response.step.session] = read


def _key_shown(number: int, response: JudgedResponse) -> Observation:
    """ERR-03 speaks of errors; of the API key in any other answer the contract is silent."""
    return Observation(
        rule="ERR-03",
        situation=_NO_ERROR.key,
        outcome=_SHOWS_KEY.key,
        operation=response.step.operation,
        step=number,
    )


def _is_about_a_code(response: JudgedResponse) -> bool:
    """Whether one code that no campaign knows is all that is open about a real request."""
    topics = [remark.topic for remark in response.expectation.remarks]
    is_open = response.before.state in (None, "open")
    return topics == [Topic.UNKNOWN_CODE] and not response.dry and is_open


def _field(response: JudgedResponse) -> str | None:
    """The one data field, or the one unknown property, whose fate is open; None: not just one."""
    step = response.step
    if not isinstance(step, Update) or response.before.state not in (None, "open"):
        return None
    fields = {remark.field for remark in response.expectation.remarks if remark.field}
    unknown = {
        remark.detail
        for remark in response.expectation.remarks
        if remark.topic is Topic.UNKNOWN_PROPERTY
    }
    both = fields | unknown
    return next(iter(both)) if len(both) == 1 and both <= sent_session(step).keys() else None


def _effect(field: str, response: JudgedResponse, view: Mapping[str, Any]) -> str:
    sent = sent_session(response.step)[field] if isinstance(response.step, Update) else None
    before = response.before.fields.get(field)
    if isinstance(sent, dict) and any(value is None for value in sent.values()):
        return _effect_on_entries(sent, before, view.get(field))
    return effect_on(field, sent, before, view.get(field))


def _effect_on_entries(sent: Mapping[str, Any], before: Any, shown: Any) -> str:
    """What became of the one entry of a map that was sent as null."""
    odd = [name for name, value in sent.items() if value is None]
    former = before.get(odd[0]) if isinstance(before, dict) else None
    if len(odd) > 1 or is_empty(former) or not isinstance(shown, dict | None):
        return ""
    return effect_on("", None, former, (shown or {}).get(odd[0]))
