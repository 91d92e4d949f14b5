"""Where people and the clock come in: drives the stages, imports everything below."""
