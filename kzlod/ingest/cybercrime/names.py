"""The IRIs and labels of what a profile gives, by the pattern of docs/data-model.md."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kzlod.documents.provisions import ProvisionReference
from kzlod.ingest.cybercrime.kept import ActName
from kzlod.ingest.profile.convention import Steps
from kzlod.ingest.profile.records import Instrument
from kzlod.namespaces import CONCEPT, ID

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_LONGEST = 60
_UNNAMED = "act-not-named"


@dataclass(frozen=True)
class Names:
    """Names things of one profile. `acts` are by the acts' keys in the profile, `date` is its date."""

    country: str
    date: str
    convention: str
    convention_label: str
    acts: Mapping[str, ActName]

    @property
    def key(self) -> str:
        """The key of the source document."""
        return document_key(self.date)

    @property
    def source(self) -> str:
        """The IRI of the source document."""
        return f"{ID}source/{self.country}/{self.key}"

    def act(self, key: str) -> str:
        """The IRI of a domestic act."""
        return f"{ID}act/{self.country}/{self.acts[key].slug}"

    def path(self, key: str, steps: Steps) -> str:
        """The path of a provision by which summaries are kept: the IRI after the country."""
        return self.acts[key].slug + _path(steps)

    def provision(self, key: str, steps: Steps) -> str:
        """The IRI of a domestic provision, or of the act when there are no steps."""
        return self.act(key) + _path(steps)

    def version(self, key: str, steps: Steps) -> str:
        """The IRI of its content as this profile saw it."""
        return f"{self.provision(key, steps)}/as-of/{self.date}"

    def article(self, steps: Steps) -> str:
        """The IRI of a provision of the convention."""
        return self.convention + _path(steps)

    def article_label(self, steps: Steps) -> str:
        """A provision of the convention in words: `Article 2 – Convention on Cybercrime`."""
        return ProvisionReference(self.convention, steps).label(self.convention_label)

    def label(self, key: str, steps: Steps) -> str:
        """A domestic provision in words: `Article 205, part 1 – Penal Code`."""
        label = self.acts[key].label
        return ProvisionReference(self.act(key), steps).label(label) if steps else label

    def below(self, *parts: str) -> str:
        """The IRI of something that this profile alone states."""
        return "/".join((self.source, *parts))


def document_key(date: str) -> str:
    """The key of a profile of that date among the documents of a country."""
    return f"cybercrime-profile-{date[:4]}"


def node(iri: str) -> ox.NamedNode:
    """The IRI as a node."""
    return ox.NamedNode(iri)


def concept(scheme: str, notation: str) -> ox.NamedNode:
    """A concept of one of our schemes."""
    return ox.NamedNode(f"{CONCEPT}{scheme}/{notation}")


def within_sentence(label: str) -> str:
    """A label as it stands within a sentence: `article 205, part 1 – …`."""
    return label[:1].lower() + label[1:]


def step(number: str) -> str:
    """A printed number as a step of an IRI: letters, digits and hyphens."""
    return re.sub(r"[^0-9A-Za-z]+", "-", _ascii(number)).strip("-") or "unnumbered"


def flat(steps: Steps) -> list[str]:
    """Steps as the parts of an IRI's path."""
    return [part for kind, number in steps for part in (kind, step(number))]


def _path(steps: Steps) -> str:
    return "".join(f"/{part}" for part in flat(steps))


def act_names(
    instruments: Iterable[Instrument], keys: Iterable[str], kept: Mapping[str, ActName]
) -> Mapping[str, ActName]:
    """A name for every act of a profile: the one kept, else one made of its printed name and year.

    `keys` are those of the quotations, among them perhaps the empty one of an act that is not named.
    """
    printed = {instrument.key: instrument.name for instrument in instruments}
    names: dict[str, ActName] = {}
    taken = {name.slug for key, name in kept.items() if key in printed}
    for key in dict.fromkeys((*printed, *keys)):
        name = printed.get(key, "")
        if key in kept:
            names[key] = ActName(kept[key].slug, kept[key].label or _label(name), kept[key].notes)
            continue
        slug = _slug(key, name)
        while slug in taken:
            stem, number = re.fullmatch(r"(.*?)(?:-v(\d+))?", slug).groups()  # type: ignore[union-attr]
            slug = f"{stem}-v{int(number or 1) + 1}"
        taken.add(slug)
        names[key] = ActName(slug, _label(name) or "Act that the profile does not name")
    return names


def _label(name: str) -> str:
    return re.sub(r"^The\s+", "", " ".join(name.split()))


def _slug(key: str, name: str) -> str:
    """The last step of an act's IRI: the words of its key, at most 60 characters, and a year printed."""
    words = [word for word in re.split(r"[^a-z0-9]+", _ascii(key).lower()) if word]
    slug = ""
    for word in words:
        if slug and len(slug) + len(word) >= _LONGEST:
            break
        slug = f"{slug}-{word}" if slug else word[:_LONGEST]
    year = _YEAR.search(name)
    if slug and year and year[0] not in slug.split("-"):
        slug = f"{slug}-{year[0]}"
    return slug or _UNNAMED


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
