"""One file a kind of detector."""
