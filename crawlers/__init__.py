"""Stage 1, collect: from places we look at to items."""
