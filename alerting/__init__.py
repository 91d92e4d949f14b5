"""Stage 3, judge and tell: from signals to incidents, from incidents to messages."""
