"""One file a chat channel."""
