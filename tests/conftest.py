"""Fixtures that many tests share; the real parts are in `tests/services`."""

from hypothesis import settings

# No test depends on speed: the machine may be busy with something else.
settings.register_profile("valija", deadline=None)
settings.load_profile("valija")

pytest_plugins = ["tests.services.first_day", "tests.services.kafka", "tests.services.postgres"]
