"""Speed against a named rival in the same run; one file a benchmark."""
