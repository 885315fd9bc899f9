"""The embedded default product: a small host, URL and phrase filter, honest and imperfect."""
