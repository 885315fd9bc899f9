"""Layer 1: reading and checking labelled URL corpora."""
