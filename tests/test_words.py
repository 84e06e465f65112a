"""Words as search compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.words import asks_for_figure, beginning, forms, telling, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("art 205", ["art", "205"]),
        ("Article 205", ["art", "205"]),
        ("ст. 205", ["art", "205"]),
        ("Статья 205", ["art", "205"]),
        ("205-бап", ["art", "205"]),
        ("205 бабы", ["art", "205"]),
        ("205-1-бап, 2-бөлік", ["art", "205", "1", "part", "2"]),
        ("091-сұрақ", ["q", "91"]),
        ("ч. 2 ст. 205-1", ["part", "2", "art", "205", "1"]),
        ("ETS 185", ["ets", "185"]),
        ("ETS185", ["ets", "185"]),
        ("ETS No. 185", ["ets", "185"]),
        ("ETS No 185", ["ets", "185"]),
        ("ETS no185", ["ets", "185"]),
        ("ETS № 185", ["ets", "185"]),
        ("ETS №185", ["ets", "185"]),
        ("ETS N° 24", ["ets", "24"]),
        ("ETS Nr. 24", ["ets", "24"]),
        ("art. No. 205", ["art", "205"]),
        ("закон № 217", ["закон", "217"]),
        ("закон номер 217", ["закон", "217"]),
        ("217 нөмірлі заң", ["217", "зан"]),
        ("заң нөмірі 217", ["зан", "217"]),
        ("no answer, casino185", ["no", "answer", "casino", "185"]),
        ("номер дела", ["номер", "дела"]),
        ("Q091", ["q", "91"]),
        ("question 91", ["q", "91"]),
        ("Қазақстан", ["казакстан"]),
        ("Ёлка", ["елка"]),
        ("Élan, naïve", ["elan", "naive"]),
        ("", []),
        ("«—»", []),
    ],
)
def test_the_same_things_have_the_same_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_words_are_letters_and_digits_only(text: str) -> None:
    found = words(text)
    assert all(word and word.isalnum() for word in found)
    assert words(" ".join(found)) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What does illegal access cost?", ["illegal", "access", "cost"]),
        ("сколько стоит доступ", ["стоит", "доступ"]),
        ("істер қанша уақытқа созылады", ["истер", "уакытка", "созылады"]),
        ("article 15, point a", ["art", "15", "point", "a"]),
        ("art 15b", ["art", "15", "b"]),
        ("a court", ["court"]),
        ("ст. 205 в УК", ["art", "205", "ук"]),
        ("п. в ст. 5", ["point", "в", "art", "5"]),
        ("who", ["who"]),
        ("", []),
    ],
)
def test_a_question_is_looked_for_by_what_it_tells(text: str, expected: list[str]) -> None:
    assert telling(words(text)) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("казахстана", "казахстанских"),
        ("uzbekistan", "uzbek"),
        ("salaries", "salary"),
        ("суды", "судов"),
        ("пара", "параны"),
        ("паракорлык", "паракор"),
        ("laws", "law"),
    ],
)
def test_endings_are_seen_through(one: str, other: str) -> None:
    assert forms(one, other)
    assert one.startswith(beginning(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("парагваи", "паракор"),
        ("парагваи", "параны"),
        ("legacy", "legal"),
        ("судопроизводство", "судов"),
        ("алгашкы", "алганы"),
        ("205", "20"),
        ("", "art"),
    ],
)
def test_other_words_are_other_words(one: str, other: str) -> None:
    assert not forms(one, other)


@given(st.text(), st.text())
def test_forms_have_the_beginning(one: str, other: str) -> None:
    assert not forms(one, other) or one == other or one.startswith(beginning(other))


def test_a_figure_is_asked_for() -> None:
    assert asks_for_figure(words("Сколько судей?"))
    assert not asks_for_figure(words("Judges"))
    assert telling(words("number of judges")) == ["judges"]
