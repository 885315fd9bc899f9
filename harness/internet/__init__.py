"""Layer 2: the replayed Internet. It answers what is being attempted and nothing else, and never opens a connection
outwards."""
