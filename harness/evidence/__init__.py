"""Layer 1: the run folder, its append-only journal, content-addressed blobs and seal."""
