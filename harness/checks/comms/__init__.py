"""Communications (clause 5): the replayed Internet speaks. Servers around a ground, what hears there, clients on it."""
