"""No jar runs that is not listed."""

from pathlib import Path

import pytest

from deploy.kafka import jars


def test_each_listed_jar_has_a_sha256_and_kafka_is_among_them() -> None:
    listed = jars.listed_sums()
    assert {len(digest) for digest in listed.values()} == {64}
    assert {"kafka_2.13-4.3.1.jar", "log4j-slf4j-impl-2.25.4.jar"} <= set(listed)


def test_a_changed_jar_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "kafka_2.13-4.3.1.jar").write_bytes(b"other")
    assert jars.sums_of(tmp_path) != jars.listed_sums()


def test_without_java_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(jars.MissingPartError, match="apt-get install default-jre-headless"):
        jars.fetch()


def test_nothing_here_names_a_registry() -> None:
    text = (jars.HERE / "pom.xml").read_text()
    assert text.count("http") == 1
    assert "http://maven.apache.org/POM/4.0.0" in text
