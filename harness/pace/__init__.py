"""How fast a run sends, and what it does while its target suffers, is away, or the run ends."""
