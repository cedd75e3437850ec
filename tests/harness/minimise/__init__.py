"""Tests of minimisation."""
