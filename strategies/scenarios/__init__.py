"""Strategies and builders for scenarios: exploration, races, lost answers, mutants."""
