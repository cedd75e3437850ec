"""Stores scenarios for later runs: those that showed a discrepancy, and recorded traffic.

The store is an example database of Hypothesis, in a folder or on a Redis server.
"""
