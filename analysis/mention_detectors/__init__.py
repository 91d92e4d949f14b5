"""One file a kind of detector that looks at mentions, not at counts."""
