"""Stage 2, read and notice: from items to mentions, from counts to signals."""
