"""Corpora out of lists that others made."""
