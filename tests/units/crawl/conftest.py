"""Lends the small web to every test of this folder."""

from tests.units.crawl.small_web import clock, dead_port, reads, web

__all__ = ["clock", "dead_port", "reads", "web"]
