"""Runs campaigns: plans, workers, transports, scheduling, triage and the corpus.

``transport`` is the only room with a socket.
"""
