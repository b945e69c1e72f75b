from __future__ import annotations

import json
import re

from storage.concepts import Concepts
from storage.privacy import Privacy
from storage.records import Consent, JobKind, Kind
from storage.vault import Vault
from tests.storage.household import Household
from tests.storage.rooms import ANA, BEN, HOME, wish


def test_a_member_is_given_photos_words_and_pictures(house: Household, privacy: Privacy, vault: Vault) -> None:
    house.imagine(ANA, "a", house.teach(ANA, "ana-dog"))
    house.teach(BEN, "ben-cat")

    contents = privacy.contents(ANA)
    told = json.loads(json.dumps(privacy.mydata(ANA)))

    files = sorted((name.split("/")[0], vault.open(blob)) for name, blob in contents)
    assert files == [
        ("drawings", b"ana-dog" * 5), ("images", b"a" * 9), ("photos", b"ana-dog" * 5), ("words", b"ana-dog" * 5),
        ("words", b"ana-dog" * 5),
    ]  # fmt: skip
    assert [word["word"] for word in told["words"]] == ["ana-dog"]
    assert "a a picture" in {job.get("prompt") for job in told["jobs"]}
    assert [(one["file"], one["seed"]) for one in told["images"]] == [
        (name, 7) for name, _ in contents if name.startswith("images/")
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", word["since"]) for word in told["words"])


def test_a_member_reads_what_they_agreed_to(house: Household, privacy: Privacy, concepts: Concepts) -> None:
    word = concepts.create(ANA, HOME, "ana-me", Kind.PERSON, "person")
    concepts.agree(Consent(concept=word.id, person=ANA, text_version="1", given_at=1.0))

    (agreed,) = privacy.mydata(ANA)["consents"]

    assert agreed["given"] == "1970-01-01 00:00:01+00:00"
    assert "I am 18 years or older" in agreed["sentence"]
    assert agreed["revoked"] is None


def test_a_member_reads_which_roles_are_kept_with_an_order_that_waits(house: Household, privacy: Privacy) -> None:
    house.queue.put(wish("k1", JobKind.IMAGINE, request={"prompt": "x", "roles": [7]}))
    house.queue.put(wish("k2", JobKind.IMAGINE, request={"prompt": "y", "roles": []}))

    told = {job["prompt"]: job.get("roles") for job in privacy.mydata(ANA)["jobs"]}

    assert told == {"x": [7], "y": None}
