"""Stage 4, respond: from an incident to a dated plan."""
