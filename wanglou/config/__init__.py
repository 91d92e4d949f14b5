"""YAML to frozen nouns, one module a file kind; every error says file and line."""
