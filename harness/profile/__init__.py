"""Layer 1: product and criteria profiles, and where shipped data lies."""
