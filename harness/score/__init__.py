"""Layer 1: from verdicts to outcomes, rates and decisions. Pure."""
