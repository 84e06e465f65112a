"""The seven questions of docs/journeys.md, each asked as one search in three languages and in other words."""

from pathlib import Path

import pytest

from kzlod.release.published import Release
from kzlod.synonyms import asks_for, questions
from kzlod.web.app import create_app
from kzlod.web.prepared import DOORS
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine

ART_205 = "/doc/act/KAZ/criminal-code-2014/art/205"
ART_367 = "/doc/act/KAZ/criminal-code-2014/art/367"


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


@pytest.mark.parametrize(
    ("language", "question", "page"),
    [
        ("en", "What does illegal access cost in Kazakhstan?", ART_205),
        ("ru", "какое наказание за незаконный доступ", ART_205),
        ("kk", "заңсыз қол жеткізу жазасы", ART_205),
        ("en", "which convention articles have no domestic answer", "/compare/crosswalk?unanswered=1"),
        ("ru", "какие обязательства без национального соответствия", "/compare/crosswalk?unanswered=1"),
        ("kk", "қай міндеттемелердің ұлттық құқықта сәйкестігі жоқ", "/compare/crosswalk?unanswered=1"),
        ("en", "recommendations article 15", "/examples/recommendations-on-article-15"),
        ("ru", "рекомендации по статье 15", "/examples/recommendations-on-article-15"),
        ("kk", "15-бап ұсынымдар", "/examples/recommendations-on-article-15"),
        ("en", "how long do civil cases take", "/examples/civil-case-times"),
        ("ru", "Сколько длятся гражданские дела по инстанциям?", "/examples/civil-case-times"),
        ("kk", "азаматтық істер қанша уақытқа созылады", "/examples/civil-case-times"),
        ("en", "central authority mutual legal assistance languages", "/examples/central-authority"),
        ("ru", "центральный орган правовая помощь языки", "/examples/central-authority"),
        ("kk", "орталық орган құқықтық көмек", "/examples/central-authority"),
        ("en", "figures on judges csv", "/examples/figures-on-judges"),
        ("ru", "все данные о судьях", "/examples/figures-on-judges"),
        ("kk", "судьялар туралы барлық көрсеткіштер", "/examples/figures-on-judges"),
        ("en", "cite article 367", ART_367),
        ("ru", "как сослаться на статью 367", ART_367),
        ("kk", "367-бапқа сілтеме", ART_367),
    ],
)
def test_a_question_leads_to_its_answer(site: Client, language: str, question: str, page: str) -> None:
    found = site.request("GET", "/search.json", params={"q": question, "lang": language}).json()
    shown = [one["page"] for one in (*found["prepared"], *found["results"][:3])]
    assert page in shown


SANCTIONS, UNANSWERED = "/compare/sanctions", "/compare/crosswalk?unanswered=1"
ARTICLE_15, CIVIL = "/examples/recommendations-on-article-15", "/examples/civil-case-times"
AUTHORITY, JUDGES = "/examples/central-authority", "/examples/figures-on-judges"


@pytest.mark.parametrize(
    ("language", "question", "page"),
    [
        ("en", "What does illegal access cost in Kazakhstan?", SANCTIONS),
        ("en", "What is the penalty for hacking?", SANCTIONS),
        ("en", "How severely is illegal access punished", SANCTIONS),
        ("ru", "Что грозит за незаконный доступ в Казахстане?", SANCTIONS),
        ("ru", "Какое наказание предусмотрено за неправомерный доступ?", SANCTIONS),
        ("ru", "Сколько дают за взлом?", SANCTIONS),
        ("kk", "Қазақстанда заңсыз қол жеткізу үшін қандай жаза?", SANCTIONS),
        ("kk", "алаяқтық қалай жазаланады", SANCTIONS),
        ("en", "Which convention articles have no domestic answer?", UNANSWERED),
        ("en", "Which obligations of the convention are not implemented in Kazakhstan?", UNANSWERED),
        ("ru", "Какие статьи конвенции не имеют соответствия в национальном праве?", UNANSWERED),
        ("ru", "На какие статьи конвенции нет ответа в законе?", UNANSWERED),
        ("kk", "Конвенцияның қай баптарының ұлттық құқықта сәйкестігі жоқ?", UNANSWERED),
        ("kk", "конвенция баптарына ұлттық құқықта жауап жоқ", UNANSWERED),
        ("en", "What did the UN review recommend on article 15 and was the law changed?", ARTICLE_15),
        ("en", "Which recommendations did the review make on article 15?", ARTICLE_15),
        ("ru", "Что рекомендовал обзор ООН по статье 15 и изменён ли закон?", ARTICLE_15),
        ("ru", "Что рекомендовал обзор ООН по статье 15 и изменён ли закон?", "/recommendations"),
        ("ru", "выполнены ли рекомендации по ст. 15", ARTICLE_15),
        ("kk", "БҰҰ шолуы 15-бап бойынша не ұсынды және заң өзгерді ме?", ARTICLE_15),
        ("kk", "БҰҰ шолуы 15-бап бойынша не ұсынды және заң өзгерді ме?", "/recommendations"),
        ("kk", "15-бапқа қатысты не ұсынылды?", ARTICLE_15),
        ("en", "How many days does a civil case last? The duration of civil cases", CIVIL),
        ("ru", "Сколько времени занимает гражданское дело в первой инстанции?", CIVIL),
        ("ru", "продолжительность гражданского процесса", CIVIL),
        ("kk", "азаматтық іс қанша күн қаралады", CIVIL),
        ("en", "Who is the central authority for mutual legal assistance and in which languages?", AUTHORITY),
        ("en", "Where do I send an MLA request?", AUTHORITY),
        ("ru", "Какой орган является центральным по правовой помощи и на каких языках?", AUTHORITY),
        ("ru", "Куда направлять запрос о правовой помощи?", AUTHORITY),
        ("kk", "Өзара құқықтық көмек бойынша орталық орган қайсы және қай тілдерде?", AUTHORITY),
        ("kk", "құқықтық көмек туралы сұрау салуды қайда жіберу керек", AUTHORITY),
        ("en", "Give me all figures on judges as CSV for R", JUDGES),
        ("en", "judges statistics download", JUDGES),
        ("ru", "Дайте все цифры о судьях в CSV для R", JUDGES),
        ("ru", "статистика по судьям", JUDGES),
        ("ru", "количество судей csv", JUDGES),
        ("kk", "Судьялар туралы барлық сандарды R үшін CSV түрінде беріңіз", JUDGES),
        ("kk", "судьялар статистикасы", JUDGES),
    ],
)
def test_a_question_in_other_words_is_offered_its_prepared_answer(
    site: Client, language: str, question: str, page: str
) -> None:
    found = site.request("GET", "/search.json", params={"q": question, "lang": language}).json()
    assert page in [one["page"] for one in found["prepared"]]


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What does illegal access cost in Kazakhstan?"),
        ("ru", "Что грозит за незаконный доступ в Казахстане?"),
        ("kk", "Қазақстанда заңсыз қол жеткізу үшін қандай жаза?"),
    ],
)
def test_the_article_comes_first_beside_the_comparison(site: Client, language: str, question: str) -> None:
    found = site.request("GET", "/search.json", params={"q": question, "lang": language}).json()
    assert found["results"][0]["page"] == ART_205


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(
            ("en", text)
            for text in ("court costs", "costs of experts", "legal aid", "bribery", "Constitution")
        ),
        *(
            ("en", text)
            for text in ("illegal access", "language of proceedings", "years of experience of judges")
        ),
        *(("ru", text) for text in ("судебные издержки", "исполнение наказания", "срок давности", "взятка")),
        *(
            ("ru", text)
            for text in ("незаконный доступ", "зарплата судей", "число адвокатов", "за счёт бюджета")
        ),
        *(("kk", text) for text in ("сот шығындары", "жазаны өтеу", "ескіру мерзімі", "заңсыз қол жеткізу")),
        *(("kk", text) for text in ("судьялардың жалақысы", "адвокаттар саны", "жазбаша дәлелдемелер")),
    ],
)
def test_what_is_no_such_question_has_no_prepared_answer(site: Client, language: str, text: str) -> None:
    assert site.request("GET", "/search.json", params={"q": text, "lang": language}).json()["prepared"] == []


def test_the_questions_that_are_known_by_their_words_have_answers(site: Client, root: Path) -> None:
    answers = {key for key, _ in DOORS} | {path.stem for path in (root / "queries").rglob("*.rq")}
    assert {*questions()} <= answers
    for name, ways in questions().items():
        for way in ways:
            assert all(way), name
            assert asks_for(way).get(name, 0) >= len(way)
