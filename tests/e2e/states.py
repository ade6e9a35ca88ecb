"""The states of the tests from outside, and who works at which of their desks: all invented."""

from deploy.demo.founding import State

POLICE = "police"
PROTECTION = "protection"
STATES = (
    State(
        "AR",
        "República Argentina",
        (POLICE, PROTECTION),
        (
            ("clara", "liaison", POLICE),
            ("sergio", "supervisor", POLICE),
            ("rosa", "liaison", PROTECTION),
            ("elena", "supervisor", PROTECTION),
        ),
    ),
    State(
        "BR",
        "República Federativa do Brasil",
        (POLICE, PROTECTION),
        (("davi", "liaison", POLICE), ("iara", "liaison", PROTECTION)),
    ),
    State(
        "CO",
        "República de Colombia",
        (POLICE, PROTECTION),
        (("lucia", "liaison", POLICE), ("mario", "liaison", PROTECTION)),
    ),
    State(
        "MX",
        "Estados Unidos Mexicanos",
        (POLICE, PROTECTION),
        (("nora", "liaison", POLICE), ("pablo", "liaison", PROTECTION)),
    ),
)
BROKERS = 2
