"""Backtests: what rules and detectors would have told of a stretch of history, and what that is worth."""
