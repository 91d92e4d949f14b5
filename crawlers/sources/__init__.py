"""One file a kind of source; the name in the YAML is the name of the file."""
