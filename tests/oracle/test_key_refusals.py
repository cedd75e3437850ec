"""A 401, 403 or 407 to the valid key decides nothing, and may hide what was done."""

from __future__ import annotations

import pytest

from cartfuzz.contract import API_KEY, Credentials, Fetch, Operation, Raw, Update
from cartfuzz.wire import Response

from .histories import DATA, answer, judge, ok, read, refusal, rules, update

CREATED = (update(DATA), ok(DATA))
CHANGED = {**DATA, "profileId": "bob"}
MALFORMED = Raw(endpoint=Operation.UPDATE, oddity="truncated JSON", body=b"{")
LEAKING = answer(403, {"message": "at a.b(C.java:7)", "customerSession": {}})


@pytest.mark.parametrize("status", [401, 403, 407])
@pytest.mark.parametrize("shown", [DATA, CHANGED])
def test_the_next_read_may_show_either(status: int, shown: dict[str, object]) -> None:
    """A gate refused the request, or let it pass and refused the answer."""
    judgements = judge([CREATED, (update(CHANGED), refusal(status)), (Fetch(), read(shown))])
    assert rules(judgements) == []
    assert judgements[1].inconclusive == (f"update: valid credentials answered {status}",)


@pytest.mark.parametrize("status", [401, 403, 407])
def test_raw_requests_too(status: int) -> None:
    """A body that must be refused as no JSON was not looked at."""
    judgements = judge([CREATED, (MALFORMED, refusal(status)), (Fetch(), read(DATA))])
    assert rules(judgements) == []
    assert judgements[1].inconclusive == (f"update: valid credentials answered {status}",)


def test_a_key_that_is_written_in_another_way_is_judged() -> None:
    """The target may refuse the request for that, or take it."""
    line = (("Authorization", f"apikey-v1 {API_KEY}"),)
    step = Raw(oddity="scheme in small letters", headers=line, body=b'{"customerSession": {}}')
    for response in (refusal(401), ok({})):
        judgements = judge([(step, response)])
        assert judgements[0].inconclusive == ()
        assert rules(judgements) == []


def test_what_has_no_key_is_judged() -> None:
    """There a 401 is right, a 400 shows that the key was not looked at, and a 403 is no status of
    the API: something before it refused."""
    wrong = Update(body=update(DATA).body, credentials=Credentials.WRONG)
    assert rules(judge([(wrong, refusal(401))])) == []
    assert rules(judge([(wrong, refusal(400))])) == ["AUTH-01"]
    judgements = judge([(wrong, LEAKING)])
    assert rules(judgements) == []
    assert judgements[0].inconclusive == ("update: answered 403",)


@pytest.mark.parametrize("status", [403, 407])
@pytest.mark.parametrize("shown", [ok({}), refusal(404)])
def test_a_gate_may_refuse_the_answer_to_an_odd_key(status: int, shown: Response) -> None:
    """With two Authorization lines the target may take the right one, and have done what it was
    asked for when the gate refused."""
    lines = (("Authorization", "ApiKey-v1 x"), ("Authorization", f"ApiKey-v1 {API_KEY}"))
    step = Raw(oddity="two lines", headers=lines, body=b'{"customerSession": {}}')
    assert rules(judge([(step, refusal(status)), (Fetch(), shown)])) == []
