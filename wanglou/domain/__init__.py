"""The nouns of the trade: frozen, typed, no input or output, standard library only."""
