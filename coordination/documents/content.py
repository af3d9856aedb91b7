"""What a document says, as plain values: the page and the PDF draw the same ones.

Everything is text that the templates escape. The one exception is a chart, whose markup is our own
(coordination/graphs/).
"""

import hashlib
from dataclasses import dataclass, field, replace
from typing import ClassVar

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    template: ClassVar[str] = "documents/blocks/paragraph.html"


@dataclass(frozen=True, slots=True)
class Points:
    items: tuple[str, ...]
    template: ClassVar[str] = "documents/blocks/points.html"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and values beside each other; a value nobody told is left blank by its reader, not by us."""

    rows: tuple[tuple[str, str], ...]
    template: ClassVar[str] = "documents/blocks/pairs.html"


@dataclass(frozen=True, slots=True)
class Table:
    """`label` names it for a screen reader; `numbers` are the columns of figures, from 0."""

    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    template: ClassVar[str] = "documents/blocks/table.html"

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        """Each cell with whether it holds a figure."""
        return [[(cell, place in self.numbers) for place, cell in enumerate(row)] for row in self.rows]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        return [(head, place in self.numbers) for place, head in enumerate(self.heads)]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must not be overlooked. `tone`: danger, warn, ok or info."""

    tone: str
    title: str
    text: str = ""
    template: ClassVar[str] = "documents/blocks/notice.html"


@dataclass(frozen=True, slots=True)
class Chart:
    svg: SafeString
    caption: str
    template: ClassVar[str] = "documents/blocks/chart.html"


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to fill in by hand."""

    names: tuple[str, ...]
    template: ClassVar[str] = "documents/blocks/blanks.html"


@dataclass(frozen=True, slots=True)
class Card:
    """One side of a card that is cut out and carried."""

    title: str
    rows: tuple[tuple[str, str], ...]
    text: str
    template: ClassVar[str] = "documents/blocks/card.html"


Block = Paragraph | Points | Pairs | Table | Notice | Chart | Blanks | Card


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A part of a document. One that is not `always` there may be left out by whoever signs."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    always: bool = False


MaybeSection = DocumentSection | None


@dataclass(frozen=True, slots=True)
class Request:
    """One thing the receiver is to do, and by when."""

    what: str
    by_when: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Requests:
    """What the receiver has to do, before anything else; `nothing` is said where there is nothing.

    `all_by` stands above a list whose lines share one day; then the lines name none.
    """

    title: str
    rows: tuple[Request, ...]
    nothing: str
    all_by: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A whole document: `lead` are its first lines, then what is asked for, then its sections."""

    title: str
    lead: tuple[str, ...] = ()
    asks: Requests | None = None
    sections: tuple[DocumentSection, ...] = ()
    addressee: tuple[str, ...] = ()
    free_text: str = ""
    signs: str = "Signed by"  # what stands before the name of whoever signs
    free_text_title: str = ""
    standing: tuple[str, ...] = field(default_factory=tuple)  # small print at the end, always there

    @property
    def digest(self) -> str:
        """The same for the same words: whoever signs has read exactly these."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @property
    def optional(self) -> list[DocumentSection]:
        return [section for section in self.sections if not section.always]

    def with_choices(self, *, left_out: list[str], free_text: str) -> "Content":
        """Without the sections that were unticked, with what was added by hand."""
        kept = tuple(
            section for section in self.sections if section.always or section.key not in set(left_out)
        )
        return replace(self, sections=kept, free_text=free_text.strip())


def section(key: str, title: str, *blocks: Block | None, always: bool = False) -> MaybeSection:
    """A section of those blocks that say something; None where none does."""
    said = tuple(block for block in blocks if block is not None and not _is_empty(block))
    return DocumentSection(key, title, said, always) if said else None


def sections(*found: MaybeSection) -> tuple[DocumentSection, ...]:
    return tuple(each for each in found if each is not None)


def _is_empty(block: Block) -> bool:
    match block:
        case Paragraph(text=text):
            return not text
        case Points(items=items):
            return not items
        case Pairs(rows=pairs):
            return not pairs
        case Table(rows=rows):
            return not rows
    return False
