"""Layer 0: the words of the design as frozen types, and canonical JSON. No I/O."""
