"""Sends scenarios, judges the answers, records what was found.

``model`` and ``checks`` are pure; ``transport`` is the only room with a socket; ``cli`` joins all.
"""
