from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.database import open_database
from storage.images import Images
from storage.moderation import Moderation
from storage.photos import Photos
from storage.privacy import Privacy
from storage.questions import Questions
from storage.queue import Queue
from storage.retention import Retention
from storage.sharing import Sharing
from storage.steadiness import SteadyDate
from storage.styles import Styles
from storage.upkeep import Upkeep
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.galleries import Gallery
from tests.storage.household import Household


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def db(data: Path) -> Iterator[Database]:
    database = open_database(data / "tintype.db")
    database.conn.execute("pragma synchronous = off")  # no test pulls the plug
    yield database
    database.conn.close()


@pytest.fixture
def queue(db: Database, clock: HandClock) -> Queue:
    return Queue(db, clock)


@pytest.fixture
def concepts(db: Database, clock: HandClock) -> Concepts:
    return Concepts(db, clock)


@pytest.fixture
def images(db: Database) -> Images:
    return Images(db)


@pytest.fixture
def vault(data: Path) -> Vault:
    return Vault(data / "blobs", data / "keys", data / "master.key")


@pytest.fixture
def photos(db: Database, vault: Vault, clock: HandClock) -> Photos:
    return Photos(db, vault, clock)


@pytest.fixture
def privacy(db: Database, vault: Vault, clock: HandClock) -> Privacy:
    return Privacy(db, vault, clock)


@pytest.fixture
def upkeep(db: Database, photos: Photos, privacy: Privacy, vault: Vault, clock: HandClock) -> Upkeep:
    retention = Retention(db, vault, clock, privacy)
    return Upkeep(photos, privacy, Questions(db, clock), retention, vault, SteadyDate(db, clock))


@pytest.fixture
def styles(db: Database, clock: HandClock) -> Styles:
    return Styles(db, clock)


@pytest.fixture
def gallery(db: Database, concepts: Concepts, images: Images, clock: HandClock) -> Gallery:
    return Gallery(db, concepts, images, clock)


@pytest.fixture
def house(
    queue: Queue, concepts: Concepts, photos: Photos, images: Images, vault: Vault, clock: HandClock
) -> Household:
    return Household(queue, concepts, photos, images, vault, clock)


@pytest.fixture
def moderation(db: Database, clock: HandClock) -> Moderation:
    return Moderation(db, clock)


@pytest.fixture
def sharing(db: Database, clock: HandClock) -> Sharing:
    return Sharing(db, clock)
