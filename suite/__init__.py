"""The ready-made suite: ``pytest --pyargs cartfuzz.suite``.

One test for each rule of the contract version, each cell of the state machine and each phase; what
they need is sent once, by all workers together.
"""
