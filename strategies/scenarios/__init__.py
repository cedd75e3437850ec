"""Strategies and builders for scenarios: long lives, races, lost answers, mutants."""
