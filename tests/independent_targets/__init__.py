"""Targets of the API that share no code with the sandbox, written from the contract alone."""
