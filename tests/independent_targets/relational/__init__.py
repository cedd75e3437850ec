"""A target on SQLite: normalised tables, transactions, threads, decimal money."""
