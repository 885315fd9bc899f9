"""Layer 3: plan a run, carry it out, and take it up again."""
