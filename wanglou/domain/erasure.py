"""What stands in the place of what was taken out of rows that stay."""

ERASED = "███"
"""Instead of words and names; the same in every language."""

ERASED_PERSON = "erased-"
"""Begins the pseudonym of somebody of the agency whose id was taken out."""

LEFT_CLIENT = "left-"
"""Begins the pseudonym of a client that has left."""
