"""The only place that builds things: config into sources, detectors, notifiers, storage."""
