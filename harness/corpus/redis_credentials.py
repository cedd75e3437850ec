"""The environment variables that hold the user name and password of a Redis server."""

from __future__ import annotations

PASSWORD_VARIABLE = "CARTFUZZ_REDIS_PASSWORD"  # noqa: S105 - the variable's name
USER_VARIABLE = "CARTFUZZ_REDIS_USERNAME"
