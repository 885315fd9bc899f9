"""Layer 4: the `harness` command. Parse, call, print."""
