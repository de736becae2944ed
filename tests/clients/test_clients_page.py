"""docs/clients.md names the versions that the lock files pin. Needs no client, so it is part of `make test`."""

import re

from client_programs import DRIVERS, LOCKS, PAGE, SUPERSET


def test_the_table_names_the_locked_versions():
    shown = re.findall(r"^\| ([\w ]+) \| (\d\S*) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert shown == [(client.name, client.version()) for client in (*DRIVERS, SUPERSET)]


def test_every_client_is_shown_how_to_connect():
    assert all(client.snippet() for client in (*DRIVERS, SUPERSET))


def test_no_lock_file_names_a_registry():
    locks = [*LOCKS.glob("*.lock"), LOCKS / "node" / "package-lock.json"]
    assert len(locks) == 5
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "sha256:" in text or "sha512-" in text
        assert "://" not in text
