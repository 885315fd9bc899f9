"""Checks of clauses 5 to 10: what a product is asked beside opening labelled pages, each performed on a ground."""
