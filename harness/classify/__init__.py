"""Layer 1: from observations to validity and verdict, by rules with stable ids. Pure."""
