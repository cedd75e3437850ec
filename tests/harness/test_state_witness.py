"""When the state of a target counts as lost."""

from __future__ import annotations

from cartfuzz.contract import MARK, Fetch, Operation, Scenario
from cartfuzz.harness.exchange_log import ExchangeLog
from cartfuzz.harness.pace.pace_state import local_pace
from cartfuzz.harness.state_witness import MAX_LOSSES, StateWitness
from cartfuzz.oracle.run_facts import RunFacts
from cartfuzz.record import CheckName, Outcome, Situation, discrepancy
from cartfuzz.wire import Delivery, NoResponse

from ..oracle.histories import DATA, read, refusal, update

READ = Scenario(title="read", sessions=(MARK,), steps=(update(DATA), Fetch()))


def right(state_id: int) -> tuple[ExchangeLog, RunFacts]:
    """An execution that made one session."""
    log = ExchangeLog()
    log.statuses.extend((201, 200))
    return log, RunFacts(ids=(state_id,))


def wrong(text: str) -> ExchangeLog:
    """An execution with a discrepancy."""
    log = ExchangeLog()
    log.discrepancies.append(
        discrepancy(
            rule="RESP-03",
            check=CheckName.STATE,
            operation=Operation.GET,
            situation=Situation.other(text),
            outcome=Outcome.other("gone"),
            expected="200",
            found="404",
            step=0,
        )
    )
    return log


def test_the_first_session_that_is_right_is_the_witness() -> None:
    """What is found for the first time is a reason, and so is an id that begins anew; a wrong
    execution is no witness, and none is its own."""
    witness = StateWitness(local_pace())
    witness.keep(READ, "m0", wrong("a"), RunFacts(ids=(4,)))
    assert not witness.is_suspicious(RunFacts(), "m9", 0, is_new=True)
    witness.keep(READ, "m1", *right(5))
    witness.keep(READ, "m2", *right(6))
    assert witness.newest_id == 6
    assert not witness.is_suspicious(RunFacts(ids=(7,)), "m3", 6, is_new=False)
    assert witness.is_suspicious(RunFacts(), "m3", 5, is_new=True)
    assert witness.is_suspicious(RunFacts(ids=(5,)), "m3", 6, is_new=False)
    assert not witness.is_suspicious(RunFacts(ids=(5,)), "m1", 6, is_new=True)
    assert witness.is_lost(lambda one: refusal(404 if one.mark == "m1" else 500))


def test_a_signature_is_new_until_it_was_seen() -> None:
    """Asking changes nothing, and after a loss all are new again."""
    witness = StateWitness(local_pace())
    both = frozenset(("a", "b"))
    assert witness.is_new(both)
    witness.saw(frozenset("a"))
    assert witness.is_new(both)
    witness.saw(both)
    assert not witness.is_new(both)
    witness.keep(READ, "m1", *right(5))
    assert witness.is_lost(lambda _: refusal(404))
    assert witness.is_new(both)


def test_only_a_session_that_is_gone_shows_a_loss() -> None:
    """Neither what it shows, nor a failure, nor silence."""
    witness = StateWitness(local_pace())
    witness.keep(READ, "m1", *right(5))
    for outcome in (
        read(DATA),
        refusal(503),
        refusal(400),
        NoResponse(fate=Delivery.UNKNOWN, reason="reset"),
    ):
        assert not witness.is_lost(lambda _, outcome=outcome: outcome)  # type: ignore[misc]
    assert witness.losses == 0
    assert not witness.is_lost(lambda _: refusal(404), but="m1")


def test_all_processes_learn_a_loss_once() -> None:
    """Two that see the same loss count one, and both need a new witness."""
    pace = local_pace()
    one, two = StateWitness(pace), StateWitness(pace)
    one.keep(READ, "m1", *right(5))
    two.keep(READ, "m2", *right(6))
    assert one.is_lost(lambda _: refusal(404))
    assert two.losses == 1
    assert not two.is_lost(lambda _: refusal(404))
    assert two.losses == 1


def test_a_target_is_excused_a_few_times() -> None:
    """One that loses sessions by itself would have all its bugs excused else."""
    witness = StateWitness(local_pace())
    for number in range(MAX_LOSSES + 1):
        witness.keep(READ, f"m{number}", *right(5))
        assert witness.is_lost(lambda _: refusal(404)) == (number < MAX_LOSSES)


def test_ids_without_order_cost_little() -> None:
    """After some reads in vain they are no reason any more; a new signature still is."""
    witness = StateWitness(local_pace())
    witness.keep(READ, "m1", *right(5))
    reads = 0
    while witness.is_suspicious(RunFacts(ids=(1,)), "m2", witness.newest_id, is_new=False):
        assert not witness.is_lost(lambda _: read(DATA))
        reads += 1
        assert reads < 10
    assert witness.is_suspicious(RunFacts(), "m2", 5, is_new=True)


def test_only_a_session_that_was_read_is_a_witness() -> None:
    """Neither one that may not be there, nor one of several."""
    two = Scenario(title="two", sessions=(MARK, f"{MARK}-2"), steps=READ.steps)
    unread = Scenario(title="unread", sessions=(MARK,), steps=(update(DATA),))
    for scenario, (log, facts) in ((two, right(5)), (unread, right(5)), (READ, wrong_read())):
        witness = StateWitness(local_pace())
        witness.keep(scenario, "m1", log, facts)
        assert not witness.is_lost(lambda _: refusal(404))


def wrong_read() -> tuple[ExchangeLog, RunFacts]:
    """An execution whose last read was refused."""
    log, facts = right(5)
    log.statuses.append(404)
    return log, facts
