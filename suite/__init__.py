"""The ready-made suite: ``pytest --pyargs cartfuzz.suite``.

It has one test for each rule of the contract version, each cell of the state machine and each
phase, and a state machine of Hypothesis. What the tests need is sent once, by all workers together.
"""
