"""Made-up questionnaires: random answers, printed in the notations and with the faults of real print-outs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

NOTATIONS = ("square", "round", "html", "sign")
_BOXES = {
    "square": ("[]", "[X]"),
    "round": ("()", "(X)"),
    "html": ('<input type="checkbox"/>', '<input checked="" type="checkbox"/>'),
    "sign": ("☐", "☒"),
}


def box(notation: str, ticked: bool) -> str:
    """A box as a notation prints it."""
    return _BOXES[notation][ticked]


@dataclass(frozen=True)
class Answer:
    """One row that the contract query must give: place, value, status, option."""

    question: str
    row: int
    column: int
    value: str = ""
    status: str = ""
    option: str = ""


@dataclass
class Printer:
    """Prints questions with random answers and remembers what was answered."""

    random: Random
    lines: list[str] = field(default_factory=list)
    expected: list[Answer] = field(default_factory=list)

    def heading(self, code: str, text: str) -> None:
        """A question's heading, sometimes over two lines."""
        if self.random.random() < 0.15:
            self.lines += [f"{code}. {text} (see the note,", "", "which explains it):", ""]
        else:
            self.lines += [f"{code}. {text}", ""]

    def number(self) -> tuple[str, str]:
        """A figure as printed and as a plain decimal."""
        number = self.random.choice([0, 7, 45, 999, 1000, 12345, 1234567, self.random.randrange(10**9)])
        separator = self.random.choice([" ", "\u00a0", "", "'", ",", "."])
        printed = f"{number:,}".replace(",", separator)
        if self.random.random() < 0.2 and separator not in ",.":
            part = self.random.randrange(1, 100)
            return f"{printed}.{part:02}", f"{number}.{part:02}".rstrip("0")
        return printed, str(number)

    def marks(self, notation: str, status: str, order: Sequence[str] = ("NA", "NAP")) -> str:
        """The marks behind a figure."""
        return " ".join(f"{box(notation, mark == status)} {mark}" for mark in order)

    def figure_cell(self, notation: str) -> tuple[str, Answer]:
        """A cell for a figure and what it must give; its place is filled in by the table."""
        kind = self.random.choice(["number", "number", "NA", "NAP", "blank"])
        if kind == "number":
            printed, value = self.number()
            return f"{printed} {self.marks(notation, '')}", Answer("", 0, 0, value)
        if kind == "blank":
            return self.marks(notation, ""), Answer("", 0, 0, status="left-blank")
        return self.marks(notation, kind), Answer("", 0, 0, status=kind)

    def choice_cell(self, notation: str, options: Sequence[str]) -> tuple[str, list[Answer]]:
        """A cell with a choice: one option, several, NAP or none."""
        kind = self.random.choice(["one", "one", "several", "none", "NAP"])
        chosen = self.random.sample(options, 1 if kind == "one" else min(2, len(options)))
        if kind in ("none", "NAP"):
            chosen = []
        text = " ".join(f"{box(notation, option in chosen)} {option}" for option in options)
        text += f" {box('square' if notation == 'round' else notation, kind == 'NAP')} NAP"
        if chosen:
            return text, [Answer("", 0, 0, option=option) for option in chosen]
        return text, [Answer("", 0, 0, status="NAP" if kind == "NAP" else "left-blank")]

    def table(
        self, code: str, rows: Sequence[str], columns: Sequence[str], options: Sequence[str] | None = None
    ) -> None:
        """A table of figures, or of choices among `options`, with the faults of conversion."""
        lost_tab = self.random.random() < 0.3 and len(columns) > 1
        self.lines.append(("" if lost_tab else "\t") + "\t".join(columns))
        if self.random.random() < 0.3:
            self.lines += ["\t".join(["---"] * (len(columns) + 1)), ""]
        notation = self.random.choice(NOTATIONS)
        for number, row in enumerate(rows, 1):
            if number > 1 and self.random.random() < 0.2:
                self.page_break(columns)
                notation = self.random.choice(NOTATIONS)
            cells = []
            for column in range(1, len(columns) + 1):
                if options is None:
                    text, answer = self.figure_cell(notation)
                    answers = [answer]
                else:
                    text, answers = self.choice_cell(notation, options)
                cells.append(text)
                self.expected += [Answer(code, number, column, a.value, a.status, a.option) for a in answers]
            self.row(row, cells, first=number == 1)
        self.lines.append("")

    def page_break(self, columns: Sequence[str]) -> None:
        """A page break within a table: a gap, sometimes with the headings printed again."""
        self.lines.append("")
        if self.random.random() < 0.3:
            self.lines.append("\t" + "\t".join(columns))

    def row(self, label: str, cells: Sequence[str], *, first: bool) -> None:
        """A row: on one line, made into a heading of another table, or with its label over two lines."""
        fault = self.random.random()
        words = label.split()
        if fault < 0.08 and not first:
            self.lines += ["", "\t".join([label, *cells]), "\t".join(["-----"] * (len(cells) + 1)), ""]
        elif fault < 0.16 and not first and len(words) > 3:
            self.lines += [" ".join(words[:2]), "", "\t".join([" ".join(words[2:]), *cells])]
        else:
            self.lines.append("\t".join([label, *cells]))

    def torn(self, code: str, row: str, column: str) -> None:
        """A table of one column whose last row was torn into plain lines and lost its boxes."""
        printed, value = self.number()
        notation = self.random.choice(NOTATIONS)
        self.lines += [
            f"\t{column}",
            f"First of all\t{printed} {self.marks(notation, '')}",
            "",
            row,
            "",
            "NA",
            " NAP",
            "",
        ]
        self.expected += [Answer(code, 1, 1, value), Answer(code, 2, 1, status="not-recoverable")]

    def single(self, code: str) -> None:
        """A field for one figure with marks in four notations, or with marks that were lost."""
        kind = self.random.choice(["number", "NA", "NAP", "lost", "blank", "bare"])
        printed, value = self.number() if kind in ("number", "bare") else ("", "")
        notation = self.random.choice(NOTATIONS)
        if kind == "lost":
            self.lines += ["[]", "NA", "", "NAP", ""]
            self.expected.append(Answer(code, 0, 0, status="not-recoverable"))
        elif kind in ("number", "bare"):
            marks = [] if kind == "bare" else [f"{box(notation, False)} NA", f"{box(notation, False)} NAP"]
            self.lines += [f"[{printed}]", *marks, ""]
            self.expected.append(Answer(code, 0, 0, value))
        elif kind == "blank":
            self.lines += ["[]", f"{box(notation, False)} NA", f"{box(notation, False)} NAP", ""]
            self.expected.append(Answer(code, 0, 0, status="left-blank"))
        else:
            marks = [f"{box(notation, mark == kind)} {mark}" for mark in ("NA", "NAP")]
            self.lines += ["[]", "", *marks, ""]
            self.expected.append(Answer(code, 0, 0, status=kind))

    def choice(self, code: str, options: Sequence[str]) -> None:
        """A list of options: ticked, blank, or with its boxes lost."""
        bullet = self.random.choice(["", "- "])
        gap = [""] if self.random.random() < 0.5 else []
        if self.random.random() < 0.3:
            for option in options:
                self.lines += [f"{bullet}{option}", *gap]
            self.expected.append(Answer(code, 0, 0, status="not-recoverable"))
        else:
            notation = self.random.choice(NOTATIONS)
            chosen = [option for option in options if self.random.random() < 0.4]
            if notation == "round":
                chosen = chosen[:1]
            for option in options:
                self.lines += [f"{bullet}{box(notation, option in chosen)} {option}", *gap]
            self.expected += [Answer(code, 0, 0, option=option) for option in chosen] or [
                Answer(code, 0, 0, status="left-blank")
            ]
        self.lines.append("")

    def comment(self) -> None:
        """A comment, with words or without."""
        prompt = self.random.choice(["Comments", "Comments - If yes, please specify:", "Comment"])
        words = self.random.choice(["", " The law of 2019 provides for 45 of them.", " 1. One.\n\n2) Two."])
        self.lines += [prompt + words, "", *(["=", ""] if self.random.random() < 0.2 else [])]

    @property
    def text(self) -> str:
        """The whole print-out."""
        front = [
            "Evaluation of the judicial systems (2020 - 2022)",
            "",
            "Country A",
            "",
            "Generated on : 01/02/2022 10:00",
            "",
            "Reference data 2020 (01/01/2020 - 31/12/2020)",
            "",
            "1. General information",
            "",
            "1.1. Data",
            "",
        ]
        return "\n".join([*front, *self.lines, ""])
