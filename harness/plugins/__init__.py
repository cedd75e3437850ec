"""Plugins: rules, operations and header lines of a company's own, and other wire forms."""
