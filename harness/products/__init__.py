"""Layer 2: products under test, started and stopped by profile, and the zoo of fake ones."""
