"""The real PostgreSQL that other tests lean on is real, empty and nobody else's."""

import psycopg

from tests.services.postgres import Postgres


def test_each_asker_gets_an_empty_database_of_a_real_server(postgres: Postgres) -> None:
    one, other = postgres.database(), postgres.database()
    assert one != other
    with psycopg.connect(one.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert row.fetchone() == (0,)
        where = connection.execute("SHOW listen_addresses").fetchone()
    assert where == ("127.0.0.1",)
