"""Saying what a picture shows: synonyms, free order, things left out, words that mean nothing."""

from __future__ import annotations

from random import Random

from trainers.miniature.world import BACKGROUNDS, WEARING, Picture, Subject, scene_words

NAMES = {
    "cat": ("cat", "cat", "kitty"),
    "rabbit": ("rabbit", "rabbit", "bunny"),
    "bear": ("bear", "bear", "teddy"),
    "dog": ("dog", "dog", "puppy"),
    "person": ("person", "person", "human"),
    "mug": ("mug", "mug", "cup"),
    "robot": ("robot", "robot", "android"),
}
PLACE_WORDS = {
    "meadow": ("in a meadow", "on the grass", "in a green field"),
    "beach": ("at the beach", "on the beach", "by the sea"),
    "snow": ("in the snow", "on a snowy day", "in winter"),
    "night": ("at night", "under the moon", "in the night"),
    "desert": ("in the desert", "on the dunes", "in a sandy desert"),
    "wall": ("in front of a brick wall", "by a brick wall", "at the brick wall"),
    "forest": ("in the forest", "in the woods", "among the trees"),
}
WORN_WORDS = {
    "hat": ("wearing a hat", "in a hat", "with a top hat", "with a hat"),
    "crown": ("wearing a crown", "in a crown", "with a gold crown", "with a crown"),
    "scarf": ("wearing a scarf", "in a scarf", "with a scarf"),
    "balloon": ("with a balloon", "holding a balloon", "with a red balloon"),
}
OPENINGS = ("", "", "", "a photo of ", "a picture of ", "a drawing of ")
EMPTY_SHARE = 0.1  #: for classifier-free guidance and negative prompts
BRIEF_EMPTY_SHARE = 0.05  #: where a photo says what the subject looks like, and words the rest
NONSENSE_SHARE = 0.2  #: a made-up word before the class word, so that a new word starts out meaning nothing
SYLLABLES = ("zo", "qu", "ra", "mi", "ke", "lu", "vex", "tor", "ana", "ben", "zed", "ix", "pol", "fy", "gri", "dan")


def caption(picture: Picture, rng: Random) -> str:
    """One of the many ways to say it; one in ten says nothing."""
    if rng.random() < EMPTY_SHARE:
        return ""
    wholes = [_whole(subject, rng) for subject in picture.subjects]
    worn = [f" {rng.choice(WORN_WORDS[a])}" if a and rng.random() < 0.92 else "" for a in picture.accessories]
    people = [f"{whole}{wear}" for whole, wear in zip(wholes, worn, strict=True)]
    shown = _joined(people, rng)
    shown = f"a {picture.style} drawing of {shown}" if picture.style != "flat" else f"{rng.choice(OPENINGS)}{shown}"
    place = _place(picture.scene, rng) if rng.random() < 0.92 else ""
    return _ordered(shown, place, rng)


def full_caption(picture: Picture) -> str:
    """Everything that can be said, in plain words."""
    worn = [f" {WEARING[accessory]}" if accessory else "" for accessory in picture.accessories]
    people = [f"{subject.description()}{wear}" for subject, wear in zip(picture.subjects, worn, strict=True)]
    sides = people if len(people) == 1 else [f"{people[0]} on the left", f"{people[1]} on the right"]
    return f"{' and '.join(sides)}{scene_words(picture.scene, None)}"


def brief(picture: Picture, rng: Random) -> str:
    """What a picture of one shows, but for what it looks like; one in twenty says nothing."""
    if rng.random() < BRIEF_EMPTY_SHARE:
        return ""
    [subject], [worn] = picture.subjects, picture.accessories
    wear = f" {rng.choice(WORN_WORDS[worn])}" if worn else ""
    return _ordered(
        f"{rng.choice(OPENINGS)}a {rng.choice(NAMES[subject.shape])}{wear}", _place(picture.scene, rng), rng
    )


def nonsense(rng: Random) -> str:
    """A word that nothing was ever called."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 3)))


def _whole(subject: Subject, rng: Random) -> str:
    name = rng.choice(NAMES[subject.shape])
    if rng.random() < NONSENSE_SHARE:
        name = f"{nonsense(rng)} {name}"
    before = f"{subject.colour} " if rng.random() < 0.75 else ""
    details = []
    if rng.random() < 0.7:
        details.append(f"{subject.second} {subject.pattern_words()}")
    if subject.shape != "person" and rng.random() < 0.5:
        details.append(subject.eye_words())
    rng.shuffle(details)
    return f"a {before}{name}{' with ' if details else ''}{' and '.join(details)}"


def _joined(people: list[str], rng: Random) -> str:
    if len(people) == 1:
        return people[0]
    if rng.random() < 0.5:
        return f"{people[0]} on the left and {people[1]} on the right"
    if rng.random() < 0.5:
        return f"on the left {people[0]}, on the right {people[1]}"
    return f"{people[0]} and {people[1]}"


def _place(scene: str, rng: Random) -> str:
    if scene in BACKGROUNDS:
        return rng.choice((f"on a {scene} background", f"in front of a {scene} background", f"on {scene}"))
    return rng.choice(PLACE_WORDS[scene])


def _ordered(shown: str, place: str, rng: Random) -> str:
    if not place:
        return shown
    return f"{place}, {shown}" if rng.random() < 0.3 else f"{shown} {place}"
