"""Layer 3: what follows from a run's evidence: verdicts, result, report. Same run, same bytes."""
