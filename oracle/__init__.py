"""Judges responses: is this answer right, given everything that was sent before?

Pure: nothing here opens a socket, a file or a process. ``model`` is the executable contract,
``checks`` compare one answer with it, ``attribution`` finds the step to blame, ``fingerprints``
describe what a target does where the contract is silent.
"""
