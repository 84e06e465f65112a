"""Words as search compares them: in one case, without diacritics, abbreviations written out alike.

The same is done to what is searched and to what is searched for, so `ст. 205`, `205-бап` and `art 205` meet.
What a question is asked with (`what`, `сколько`, `қандай`) is left out of what is searched for.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from os.path import commonprefix

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")

# Who has no Kazakh keyboard writes the letters of the Russian one.
_PLAIN = str.maketrans("әғқңөұүһіё", "агкноуухие")

_SAME: Mapping[str, str] = {
    "art": "article articles arts ст статья статьи статье статью статей статьей статьям статьями статьях "
    "бап бабы бабынын бабына бабында бабынан бабындагы баптын бапка бапта баптан баптагы бапты баппен баптар "
    "баптары баптарда баптарга баптардын",
    "part": "parts ч часть части частью частей частям болик болиги болигинин болигине болигинде "
    "боликке боликте боликтен боликтин",
    "para": "paragraph paragraphs paras параграф параграфа абзац абзаца азат азатжол",
    "point": "points п пункт пункта пункты пункте пунктов подпункт подпункта тармак тармагы тармагынын "
    "тармагына тармагында тармакка тармакта тармактын тармакша тармакшасы",
    "chapter": "chapters ch гл глава главы главе тарау тарауы тарауда тарауга",
    "q": "question questions вопрос вопроса вопросу вопросы сурак сурагы суракка суракта",
}
# Kazakh says the number first: 205-бап, 2-бөлік, 91-сұрақ.
_NUMBER_FIRST = re.compile(
    r"\b(\d+(?:-\d+)*)[-\s]+((?:бап|баб|болик|болиг|тарма[кг]|тарау|сура[кг]|номирли|номири)\w*)"
)
_ONE = {word: one for one, same in _SAME.items() for word in same.split()}
# What says only that a number follows: ETS No. 185, закон № 217 (№ is No when written out), нөмірі 5.
_MARKS = {"no", "nos", "nr", "n", "num", "number", "numbers"}
_MARKS |= {"номер", "номера", "номером", "номир", "номири", "номирли"}


def words(text: str) -> list[str]:
    """The words of a text in their order; letters and digits side by side are apart (`Q091`: q, 91).

    A number that Kazakh puts before its noun comes after it, as elsewhere (`205-бап`: art, 205). The mark of
    a number is left out (`ETS No. 185`: ets, 185).
    """
    plain = _NUMBER_FIRST.sub(_noun_first, _plain(text))
    return _without_marks(_alike(part) for word in _WORD.findall(plain) for part in _JOINED.split(word))


def _noun_first(found: re.Match[str]) -> str:
    number, noun = found.groups()
    return f"{noun} {number}" if noun in _ONE or noun in _MARKS else found[0]


def _without_marks(found: Iterable[str]) -> list[str]:
    """Words without those that only say that a number follows."""
    kept: list[str] = []
    for word in reversed([*found]):
        if word not in _MARKS or not kept or not kept[-1].isdecimal():
            kept.append(word)
    return kept[::-1]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN))
    return "".join(character for character in folded if not unicodedata.combining(character))


def _alike(word: str) -> str:
    if word.isdecimal():
        return word.lstrip("0") or "0"
    return _ONE.get(word, word)


_STEM = 4  # the letters that a word keeps at least when its ending is left off
_ENDING = 5  # the longest ending
_LONG_WORD, _LONGER_WORD = 11, 14

# Of a word that is shorter without its ending, only these are endings (law, суд, сот).
_SHORT, _SHORT_WORD = 3, 6
_OF_SHORT = "s а у ы и е ов ом ам ами ах та тан тар ты тын ка"
_ENDINGS_OF_SHORT = frozenset(("", *_OF_SHORT.split()))

# And these of one that is just long enough.
_MORE = (
    "d ed es y ing о я ю ь й ем ев ей ям ях ями ый ий ой ая яя ое ее ые ие ого его ому ему ым им ых их ую юю "
    "сы си ны ни нын нин га ге ке да де те дан ден тен дар дер лар лер тер дын дин тин ды ди ти н на не нда "
    "нде пен мен бен"
)
_ENDINGS = _ENDINGS_OF_SHORT.union(_MORE.split())


def ending(word: str) -> int:
    """How many letters of a word may be its ending; more in Russian and Kazakh, and in long words."""
    return 2 if word.isascii() else 3 + (len(word) >= _LONG_WORD) + (len(word) >= _LONGER_WORD)


def forms(one: str, other: str) -> bool:
    """Whether `one` may be the word `other`, with another ending. Numbers have none."""
    if one == other:
        return True
    if one.isdecimal() or other.isdecimal():
        return False
    kept = len(commonprefix((one, other)))  # noqa: RUF071 - of letters
    left, right = other[kept:], one[kept:]
    if kept == _SHORT:
        return {left, right} <= _ENDINGS_OF_SHORT
    if kept < _STEM or len(left) > ending(other):
        return False
    if kept == _STEM:
        return {left, right} <= _ENDINGS
    return len(right) <= (_ENDING if not left or not other.isascii() else _SHORT)


def beginning(word: str) -> str:
    """The letters with which every form of a word begins."""
    if len(word) <= _SHORT_WORD:
        return word[:_SHORT]
    return word[: max(_STEM, len(word) - ending(word))]


NUMBERED = frozenset(_SAME)
"""The words for what has numbers: articles, parts, paragraphs, points, chapters, questions."""

_FIGURE = frozenset(_plain("many much number numbers сколько число количество қанша саны").split())
"""The words that ask for a figure."""

_EMPTY = _FIGURE | frozenset(
    _plain(
        "an and any are as at be by can did do does for from had has have how if in is it me my of "
        "on or our please show that the their there this to was were what when where which who whom whose "
        "why will with your "
        "без бы был была были быть в где дайте для до ее если есть за и из или их к как какая какие какое "
        "какой ко когда кого кто ли мне на над не о об он она они от по под покажите при про с со так то "
        "у чей чем что это "
        "ал бар болса бойынша бұл деген екен және қашан қайда қалай қандай қай кім кімге мен менің не "
        "неге өз пе туралы үшін шейін беріңіз көрсетіңіз"
    ).split()
)


def asks_for_figure(asked: Iterable[str]) -> bool:
    """Whether words ask how many there are of something."""
    return not _FIGURE.isdisjoint(asked)


def telling(asked: list[str]) -> list[str]:
    """Those of the words of a question that tell what is asked for; all, if none does."""
    told = [word for before, word in zip(["", *asked], asked, strict=False) if _tells(before, word)]
    return told or asked


def _tells(before: str, word: str) -> bool:
    if len(word) > 1 or word in NUMBERED or word.isdecimal():
        return word not in _EMPTY
    # A letter by itself says nothing unless it is the number of something: `point a`, `15 b`.
    return before in NUMBERED or (before.isdecimal() and word not in _EMPTY)
