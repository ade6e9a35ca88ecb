"""Fixtures that many tests share; the real parts are in `tests/services`."""

pytest_plugins = ["tests.services.first_day", "tests.services.kafka", "tests.services.postgres"]
