"""The page on which people judge what a machine cannot."""
