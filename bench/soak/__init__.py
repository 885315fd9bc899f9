"""Whether a run stands what may happen to a machine, and whether it stays as large as it began."""
