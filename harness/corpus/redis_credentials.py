"""Names the environment variables with the user name and the password of a Redis server."""

from __future__ import annotations

PASSWORD_VARIABLE = "CARTFUZZ_REDIS_PASSWORD"  # noqa: S105 - the variable's name
USER_VARIABLE = "CARTFUZZ_REDIS_USERNAME"
