"""How often a scenario is executed before it counts as gone: the odds of what shows by chance.

Where one execution shows a bug with probability p, independently of the others, then

- n executions all miss it with probability (1 - p)^n;
- at least 2 of 3 show it with probability p^2 (3 - 2p).

Bursts, and requests whose connection is cut, depend on the target's timing: their p is below 1.

=============  ======  ======  ======  ======  ======  ======
missed by        p=.1    p=.2    p=.3    p=.5    p=.7    p=.9
=============  ======  ======  ======  ======  ======  ======
3 executions    0.729   0.512   0.343   0.125   0.027   0.001
6 executions    0.531   0.262   0.118   0.016   0.001   0.000
10 executions   0.349   0.107   0.028   0.001   0.000   0.000
12 executions   0.282   0.069   0.014   0.000   0.000   0.000
20 executions   0.122   0.012   0.001   0.000   0.000   0.000
2 of 3          0.972   0.896   0.784   0.500   0.216   0.028
=============  ======  ======  ======  ======  ======  ======
"""

from __future__ import annotations

from ..contract import Scenario

SIGHTING_TRIES = 3
"""For the first search: how often the scenario that showed a discrepancy is executed again. One
with p = 0.5 is missed in 1 of 8; it counts as flaky then, and is not made smaller."""

CANDIDATE_TRIES = 3
CANDIDATE_HITS = 2
"""For a smaller burst: it must show the discrepancy in 2 of 3 executions. One lucky hit must not
replace a burst that shows it often with one that shows it seldom: with p = 0.1 a candidate passes
in 3 of 100, with p = 0.9 in 97 of 100. A search has hundreds of candidates, so 3 must do."""

BURST_TRIES = 6
"""For a confirmation, or a replay, of a burst: up to 6 executions, until one shows it. What passed
as a candidate has p of 0.5 at least, as a rule, and is missed in 2 of 100."""

FLAKY_TRIES = 12
"""For a replay of what did not show each time before: with p = 0.2 it is missed in 7 of 100. It may
take longer than a candidate: a bug is replayed once."""

ARTEFACT_BURST_TRIES = 20
ARTEFACT_CUT_TRIES = 10
"""For a script that somebody else runs, on another machine and with other timing, where p may be
lower: a burst with p = 0.2 is missed in 1 of 100. Of a request whose connection is cut, only the
moment of the cut depends on timing: with p = 0.3 it is missed in 3 of 100."""


def tries_of(scenario: Scenario) -> int:
    """How many executions a confirmation or a replay of ``scenario`` may take."""
    return 1 if scenario.burst is None else BURST_TRIES


def miss_probability(p: float, tries: int) -> float:
    """The probability that ``tries`` executions all miss what one shows with probability ``p``."""
    return (1.0 - p) ** tries


def candidate_probability(p: float) -> float:
    """The probability that a candidate passes that shows the bug with probability ``p``."""
    return p * p * (3.0 - 2.0 * p)
