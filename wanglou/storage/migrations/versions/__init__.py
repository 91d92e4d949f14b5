"""Revisions, oldest first by name. A released one is never edited."""
