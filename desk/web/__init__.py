"""The pages; given what they need, they build nothing."""
