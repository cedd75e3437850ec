"""Strategies and samples for the values of a session: carts, money, identifiers, attributes."""
