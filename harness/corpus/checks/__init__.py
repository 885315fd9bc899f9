"""Layer 1: what can be wrong with a corpus, one matter a module; each yields findings."""
