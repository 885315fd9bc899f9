"""Conformance test harness for filtering software, after PAS 74:2008."""

__version__ = "0.1.0"
