"""Runs on many machines: one coordinator writes the run folder, workers carry out shards of the plan."""
