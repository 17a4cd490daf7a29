"""Fetching by a server: off unless its owner has switched it on, and never for readers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from retriever import Assistant
from retriever.interfaces.http import build_api
from retriever.interfaces.schemas import json_schemas
from retriever.interfaces.uploads import Uploads
from retriever.web.auth import READS_ONLY, Authenticator, Passwords, Tokens
from retriever.web.fetching import DailyFetch
from retriever.web.loading import Loader
from retriever.web.seen import SeenLibrary
from retriever.web.server import programs_app
from tests.web_site import Site, page

PORT = 7861
SCHEMAS = json_schemas()


def check(fields: dict, name: str) -> dict:
    Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"}).validate(fields)
    return fields


@pytest.fixture
def on(fetching: Assistant) -> Assistant:
    """The library of a server that was started with `--fetch`."""
    fetching._settings = replace(fetching.settings, fetch_for_users=True)
    return fetching


@pytest.fixture
def served(on: Assistant, tmp_path: Path) -> Iterator[tuple[TestClient, dict[str, str], dict[str, str]]]:
    """A server where a keeper and a reader sign in; the headers of both."""
    tokens = Tokens(tmp_path / "tokens")
    passwords = Passwords(tmp_path / "passwords")
    for name in ("ada", "tom"):
        passwords.set(name, "a long password")
    guard = Authenticator(passwords, frozenset({"ada", "tom"}), readers=frozenset({"tom"}), tokens=tokens)
    seen = SeenLibrary(Loader(lambda: on), guard)
    app = programs_app(seen, seen, seen, Uploads(lambda: on.folder), None, PORT, authenticator=guard)
    keeper, reader = ({"Authorization": f"Bearer {tokens.new(name)}"} for name in ("ada", "tom"))
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}") as client:
        yield client, keeper, reader


def test_a_server_fetches_nothing_unless_its_owner_has_switched_it_on(fetching: Assistant, site: Site) -> None:
    ready = SimpleNamespace(result=lambda: fetching)
    with TestClient(build_api(ready, Uploads(lambda: fetching.folder))) as client:
        assert client.get("/web").json() == {"fetches": False, "pages": []}
        refused = client.post("/web", json={"address": site.address})
        assert (refused.status_code, "--fetch" in refused.json()["error"]) == (403, True)
    assert site.asked == []


def test_a_keeper_fetches_and_a_reader_does_not(
    served: tuple[TestClient, dict[str, str], dict[str, str]], site: Site
) -> None:
    client, keeper, reader = served
    site.answers["/"] = page("The ferry", "The captain of the ferry is Tom Reed.")
    asked = {"address": site.address, "daily": True}
    for sent, status in ((reader, 403), ({}, 401)):
        assert client.post("/api/web", json=asked, headers=sent).status_code == status
        assert client.delete("/api/web", params={"address": site.address}, headers=sent).status_code == status
    assert site.asked == []
    assert client.post("/api/web", json=asked, headers=reader).json() == {"error": READS_ONLY}
    (fetched,) = check(client.post("/api/web", json=asked, headers=keeper).json(), "FetchedListSchema")["fetched"]
    assert (fetched["state"], fetched["daily"]) == ("added", True)
    for sent in (keeper, reader):
        found = check(client.get("/api/web", headers=sent).json(), "SavedPagesSchema")
        assert (found["fetches"], [one["document"] for one in found["pages"]]) == (True, [fetched["document"]])
    for wrong in ("http://127.0.0.1/", "file:///etc/passwd", f"{site.address}/none"):
        refused = client.post("/api/web", json={"address": wrong}, headers=keeper)
        assert (refused.status_code, len(refused.json()["error"]) > 20) == (422, True)
    assert client.post("/api/web", json={"address": ""}, headers=keeper).status_code == 422
    stopped = client.delete("/api/web", params={"address": site.address}, headers=keeper)
    assert check(stopped.json(), "StoppedSchema") == {"stopped": f"{site.address}/"}


def test_a_running_server_fetches_what_is_due(on: Assistant, site: Site) -> None:
    site.answers["/"] = page("The ferry", "The captain of the ferry is Tom Reed.")
    list(on.fetch(site.address, daily=True))
    files = on.saved_pages._files
    (known,) = files.all()
    files.save(replace(known, checked="2026-01-01T00:00:00+00:00"))
    DailyFetch._fetch(on)
    assert site.asked_for("/") == 2
    DailyFetch._fetch(on)
    assert site.asked_for("/") == 2
