"""Only the committed jars run."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest

from pdm.broker import jars
from pdm.errors import BrokerError
from pdm.settings import Settings


def fake_jars(monkeypatch: pytest.MonkeyPatch, folder: Path, served: dict[str, bytes]) -> None:
    """Let the repository serve `served` in place of Kafka's jars."""
    folder.mkdir()
    for name, content in served.items():
        (folder / name).write_bytes(content)
    monkeypatch.setattr(jars, "_resolve", lambda _settings: sorted(folder.iterdir()))
    listed = {"a.jar": b"a", "b.jar": b"b"}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in listed.items()}
    monkeypatch.setattr(jars, "committed", lambda: digests)


def test_the_committed_list_names_kafka_itself() -> None:
    """46 jars, each with a whole sha256, Kafka's version among them."""
    listed = jars.committed()
    assert len(listed) == 46
    assert f"kafka_2.13-{jars.KAFKA}.jar" in listed
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in listed.values())


def test_jars_are_fetched_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The class path holds the listed jars in the cache, and a second start needs no repository."""
    fake_jars(monkeypatch, tmp_path / "served", {"a.jar": b"a", "b.jar": b"b"})
    first = jars.classpath(Settings(cache_dir=tmp_path / "cache"))
    shutil.rmtree(tmp_path / "served")
    assert jars.classpath(Settings(cache_dir=tmp_path / "cache")) == first
    assert [Path(jar).read_bytes() for jar in first.split(os.pathsep)] == [b"a", b"b"]


@pytest.mark.parametrize(
    ("served", "complaint"),
    [
        ({"a.jar": b"a", "b.jar": b"evil"}, "b.jar is not the jar that was committed"),
        ({"a.jar": b"a"}, "other jars .* lists: b.jar"),
        ({"a.jar": b"a", "b.jar": b"b", "c.jar": b"c"}, "other jars .* lists: c.jar"),
    ],
    ids=["another content", "one missing", "one too many"],
)
def test_what_the_repository_serves_otherwise_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, served: dict[str, bytes], complaint: str
) -> None:
    """Nothing reaches the class path unless the whole set is the committed one."""
    fake_jars(monkeypatch, tmp_path / "served", served)
    with pytest.raises(BrokerError, match=complaint):
        jars.classpath(Settings(cache_dir=tmp_path / "cache"))
    assert list((tmp_path / "cache" / f"kafka-{jars.KAFKA}").iterdir()) == []


def test_a_jar_changed_in_the_cache_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The check is at each start, so a jar that was exchanged later does not run either."""
    fake_jars(monkeypatch, tmp_path / "served", {"a.jar": b"a", "b.jar": b"b"})
    first, _ = jars.classpath(Settings(cache_dir=tmp_path / "cache")).split(os.pathsep)
    Path(first).write_bytes(b"exchanged")
    with pytest.raises(BrokerError, match=r"a\.jar is not the jar that was committed"):
        jars.classpath(Settings(cache_dir=tmp_path / "cache"))


def test_a_jar_beside_the_committed_ones_never_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The class path is the list, not the folder."""
    fake_jars(monkeypatch, tmp_path / "served", {"a.jar": b"a", "b.jar": b"b"})
    path = jars.classpath(Settings(cache_dir=tmp_path / "cache"))
    (tmp_path / "cache" / f"kafka-{jars.KAFKA}" / "evil.jar").write_bytes(b"evil")
    assert jars.classpath(Settings(cache_dir=tmp_path / "cache")) == path


def test_an_unreachable_repository_is_named(tmp_path: Path) -> None:
    """The error says where the jars were looked for."""
    nowhere = Settings(cache_dir=tmp_path, maven_repository="http://127.0.0.1:1/maven")
    with pytest.raises(BrokerError, match=r"could not be fetched from http://127\.0\.0\.1:1/maven"):
        jars.classpath(nowhere)
