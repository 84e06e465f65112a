"""Errors that a person can act on.

KzlodError
├── InputError        a file of data, ontology, shapes, queries or links is wrong
├── DocumentError     a source document is missing, or is not the one that was cited
├── ValidationError   the data do not conform to the shapes; carries the list of problems
├── ReleaseError      a release is missing, incomplete or cannot be written
├── EndpointError     an endpoint of others cannot be asked, or written to
├── ExportError       the site cannot be written as files
└── ServeError        the server cannot start

Each says what was wrong, where (file, line, IRI, column) and what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, what to do."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        """The problem in one or two lines."""
        first = f"{self.where}: {self.what}" if self.where else self.what
        return f"{first}\n    {self.remedy}" if self.remedy else first


class KzlodError(Exception):
    """Base of all errors of this package that are meant for people; holds one or more problems."""

    def __init__(self, *problems: Problem) -> None:
        """Takes the problems, in the order in which they are to be shown."""
        super().__init__("\n".join(map(str, problems)))
        self.problems: Sequence[Problem] = problems


class InputError(KzlodError):
    """A file of data, ontology, shapes, queries or links cannot be used as it is."""


class DocumentError(KzlodError):
    """A source document is missing, unreadable, or not the one that was cited."""


class ValidationError(KzlodError):
    """The data do not conform."""


class ReleaseError(KzlodError):
    """A release is missing, incomplete, or cannot be written."""


class EndpointError(KzlodError):
    """An endpoint of others cannot be asked or written to, or does not have what it was given."""


class ExportError(KzlodError):
    """The site cannot be written as files."""


class ServeError(KzlodError):
    """The server cannot start."""
