"""Tests of reading recorded traffic."""
