"""Programs that run on a ground: each talks to one server by a real client library, as `run` calls it."""
