"""What a law that hypothesis tries may ask for beyond the profiles in ``conftest.py``."""

from hypothesis import HealthCheck, settings

ON_ONE_FIXTURE = (*settings().suppress_health_check, HealthCheck.function_scoped_fixture)
"""Checks left out where all examples of a law use one fixture, made once a test, on purpose."""
