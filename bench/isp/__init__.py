"""An Internet service provider with a filter, in network namespaces, and a tiny Internet behind it."""
