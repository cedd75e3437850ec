"""Cartfuzz: customer sessions of a promotion engine's API, generated, sent, judged.

The rooms are the subpackages. This file makes ``cartfuzz`` an ordinary package: pytest takes a test
module inside a namespace package for one of another name.
"""
