"""Turns recorded traffic in HAR 1.2 files into scenarios."""
