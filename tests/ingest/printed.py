"""Printing a made-up profile: pages in both table forms, lists in three notations, headings, footers."""

import random
from dataclasses import dataclass

HEADERS = (
    "BUDAPEST CONVENTION\tDOMESTIC LEGISLATION",
    "<b>BUDAPEST CONVENTION</b>\t<b>DOMESTIC LEGISLATION</b>",
    "**BUDAPEST CONVENTION****DOMESTIC LEGISLATION**",
    "**BUDAPEST CONVENTION** **DOMESTIC LEGISLATION**",
)
FOOTER = "[Back to the Table of Contents](#)"
# Each act in its prints, then other words by which the reader must know it as one.
ACTS = (
    ("Penal Code of the Kingdom of Ruritania", "The Penal Code of the Kingdom of Ruritania"),
    (
        "The Law of the Kingdom of Ruritania on Electronic Registers",
        "Law of the Kingdom of Ruritania On Electronic Registers",
        "The Law on Electronic Registers",
    ),
    ("Act on Criminal Procedure", "The Act on Criminal Procedure"),
    ("Constitution of the Kingdom of Ruritania",),
    (
        "Decree 77 of the Council on Traffic Records of 3 May 2011",
        "Decree 77 of the Council on Traffic Records",
    ),
    ("Decree 78 of the Council on Traffic Records",),
)


@dataclass(frozen=True)
class Para:
    """A paragraph to be printed: marker, text, and how: `heading`, `item`, `bold`, `plain`, `note`."""

    marker: str
    text: str
    style: str = "plain"
    cut: bool = False  # goes on with the paragraph before it, which a page break has cut


Fragment = tuple[list[Para], list[Para]]


class Printer:
    """Prints the pages of a profile in forms that a random generator draws."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance

    def html(self, paras: list[Para]) -> str:
        made: list[str] = []
        listed = self.random.random() < 0.5
        for para in paras:
            text = f"{para.marker} {para.text}".strip()
            if para.style == "heading":
                made.append(f"<p><b>{text}</b></p>")
            elif para.style == "bold" and not para.cut:
                made.append(f"<p>{para.marker} <b>{para.text}</b></p>")
            elif para.style == "note":
                made.append(f"<p><i>{text.replace('For reference:', '<b>For reference:</b>')}</i></p>")
            elif (
                para.style == "plain"
                and not para.cut
                and made
                and made[-1][-5] in ".;:"
                and self.random.random() < 0.3
            ):
                made[-1] = f"{made[-1].removesuffix('</p>')}  {text}</p>"
            elif para.style == "plain" and self.random.random() < 0.1:
                made.append(f"<p>{text.replace('a', '&#97;', 1)}</p>")
            elif para.style == "item" and listed and not para.cut:
                made.append(f'<ol style="list-style-type: none"> <li>{text}</li> </ol>')
            else:
                made.append(f"<p>{text}</p>")
        return " ".join(made)

    def markdown(self, paras: list[Para]) -> str:
        made: list[str] = []
        listed = self.random.random() < 0.5
        for index, para in enumerate(paras):
            text = f"{para.marker} {para.text}".strip()
            if para.style == "heading":
                fused = index and paras[index - 1].style == "heading" and self.random.random() < 0.5
                if fused:
                    made[-1] += f"**{text}**"
                else:
                    made.append(f"**{text}**")
            elif para.style == "bold" and not para.cut:
                made.append(f"**{text}**")
            elif para.style == "note":
                first, colon, rest = text.partition(":")
                made.append(f"**{first}:** *{rest.strip()}*" if colon else f"*{text}*")
            elif para.style == "item" and listed and not para.cut:
                made.append(f"- {text}")
            elif para.style == "plain" and " " in text[12:] and self.random.random() < 0.05:
                at = text.index(" ", 12)
                made.append(f"{text[:at]}\n\n{FOOTER}\n\n{text[at + 1 :]}")
            else:
                made.append(text)
        return "\n\n".join(made)

    def page(self, fragments: list[Fragment]) -> str:
        form = self.random.choice(("cells", "running", "running", "sides"))
        left = [para for fragment in fragments for para in fragment[0]]
        right = [para for fragment in fragments for para in fragment[1]]
        if form == "sides" and self.tellable(fragments):
            return (
                f"**BUDAPEST CONVENTION**\n\n{self.markdown(left)}\n\n"
                f"**DOMESTIC LEGISLATION**\n\n{self.markdown(right)}\n"
            )
        header = self.random.choice(HEADERS)
        if form == "cells":
            rows = [f"{self.html(left)}\t{self.html(right)}" for left, right in fragments]
            return header + "\n" + "\n".join(rows) + "\n"
        body = "\n\n".join(self.markdown([*left, *right]) for left, right in fragments)
        fused = body.startswith("**Article") and header.startswith("**")
        return f"{header}{'' if fused else chr(10) * 2}{body}\n"

    def tellable(self, fragments: list[Fragment]) -> bool:
        """Whether two columns of a page can be cut into rows: one act is named for each row that begins."""
        acts = [[self.is_act(para) for para in fragment[1]] for fragment in fragments]
        return len(fragments) == 1 or (
            all(found and found[0] and sum(found) == 1 for found in acts[1:])
            and not any(acts[0])
            and bool(acts[0])
        )

    def is_act(self, para: Para) -> bool:
        return para.style == "heading" and any(para.text.endswith(name) for act in ACTS for name in act)
