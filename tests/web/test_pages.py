"""Pages: structure, escaping, languages, provenance, overviews."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.release.published import Release
from kzlod.web.addresses import document_path
from kzlod.web.editor import RESULT_FORMATS
from kzlod.web.i18n import Name
from kzlod.web.names import Value
from kzlod.web.passages import Place, distinct, runs
from kzlod.web.reading import TYPE

from .conftest import BASE, Client, write_release

TREATY = "/doc/treaty/FRA-KAZ-extradition"
PAGES = [
    "/",
    "/sources",
    "/query",
    "/search",
    "/search?q=extradition+treaty",
    "/search?q=nothing-of-this",
    "/examples",
    "/examples/treaties",
    "/kinds/Treaty",
    "/dumps/",
    "/catalog",
    "/doc/ontology",
    "/doc/shapes",
    "/doc/id",
    "/doc/concept/discrepancy-kind",
    "/doc/graph/KAZ/treaty-news",
    "/doc/source/KAZ/treaty-news",
    "/doc/source/KAZ/treaty-news/text/0123abcd/chars/10-42",
    "/doc/institution/FRA/publisher",
    TREATY,
    f"{TREATY}/art",
]
VOID = {"meta", "link", "br", "img", "input", "hr", "circle", "path"}


class Page(HTMLParser):
    """The structure of a page, read strictly: every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound(client: Client, path: str, language: str) -> None:
    page = Page(client.page(path, Accept_Language=language))
    names = [name for name, _ in page.tags]
    assert names.count("h1") == 1
    assert names.count("main") == 1
    assert page.all("html")[0]["lang"] == language
    assert page.all("a")[0]["href"] == "#main"
    assert not {"style", "iframe", "object"} & set(names)
    data = ("application/ld+json", "application/json")
    scripts = [str(one["src"]) for one in page.all("script") if one.get("type") not in data]
    wanted = ["/static/suggest.js"] + (["/static/query.js"] if path == "/query" else [])
    assert [one for one in scripts if not one.startswith("/static/vendor/")] == wanted
    assert not [attributes for _, attributes in page.tags if "style" in attributes]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers)), "an anchor is given once"
    for attributes in page.all("a"):
        address = attributes["href"] or ""
        assert re.match(r"(/|#|\?|https?://)", address), address
    labelled = {attributes.get("for") for attributes in page.all("label")}
    for attributes in (*page.all("textarea"), *page.all("select")):
        assert attributes["id"] in labelled


@pytest.mark.parametrize("path", PAGES)
def test_links_within_the_site_lead_somewhere(client: Client, path: str) -> None:
    for attributes in Page(client.page(path)).all("a"):
        address = str(attributes["href"])
        if address.startswith("/") and not re.match(r"/sparql|/examples/\w+\.(csv|json|tsv|xml)", address):
            assert client.get(address.split("#")[0], "text/html").status_code in (200, 303, 308), address


def test_hostile_values_are_text(client: Client) -> None:
    page = client.page(TREATY)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;quotes&#34;" in page
    assert "javascript:alert(1)" in page
    assert not re.search(r"""href=["']?\s*javascript:""", page)
    assert 'href="https://example.org/outside"' in page


def test_a_query_in_the_address_is_text(client: Client) -> None:
    page = client.page("/query?query=%3C/textarea%3E%3Cscript%3Ex%3C/script%3E&lang=en")
    assert "<script>" not in page
    assert "&lt;/textarea&gt;" in page


def test_language_links_keep_the_address_and_its_parameters(client: Client) -> None:
    page = Page(client.page("/query?query=ASK%7B%7D&lang=ru"))
    switch = next(one for one in page.all("a") if one.get("hreflang") == "kk")
    assert parse_qs(urlsplit(str(switch["href"])).query) == {"query": ["ASK{}"], "lang": ["kk"]}


def test_a_statement_leads_to_its_citation(client: Client) -> None:
    page = client.page(TREATY)
    assert '<a href="#citation-1"' in page and 'id="citation-1"' in page
    for text in ("paragraph 3", "lines 3 to 4", "characters 10 to 42", "a" * 64):
        assert text in page


def test_a_passage_is_told_in_the_readers_language_where_it_has_a_name_in_it(client: Client) -> None:
    page = client.page(f"{TREATY}?lang=ru")
    assert '<span class="locator"><span>абзац 3</span></span>' in page
    assert '<span class="locator"><span lang="en">headline</span></span>' in page
    kept = client.page(f"{TREATY}?lang=kk")  # named after the key of its document, as in earlier releases
    assert '<span class="locator"><span>3-абзац</span></span>' in kept


def test_inferred_and_entailed_are_marked(client: Client) -> None:
    page = client.page(TREATY)
    assert "Concluded by the project" in page and "Follows from the ontology" in page
    assert page.index("Concluded by the project") < page.index("Follows from the ontology")


def test_runs_of_citations_and_equal_passages_are_marked_once() -> None:
    assert runs([1, 3, 4, 9, 10, 11, 20]) == [(1, 1), (3, 3), (4, 4), (9, 11), (20, 20)]
    assert runs([]) == []
    document, other = (Value(Name(text, "en"), None, "thing", text) for text in ("a", "b"))
    lines = [(document, "69"), (document, ""), (other, "")]
    found = [Place(str(number), one, "", "69", last) for number, (one, last) in enumerate(lines, 1)]
    unplaced = [Place("4", document, "", "", ""), Place("5", document, "", "", "")]
    assert [one.href for one in distinct([*found, *unplaced])] == ["1", "3", "4", "5"]


def test_both_sides_of_a_discrepancy_are_shown(client: Client) -> None:
    page = client.page(TREATY)
    shown = page[page.index('id="disputes"') : page.index('id="group-1"')]
    assert "2021" in shown and "2022" in shown and "Values that differ" in shown
    assert shown.index("One side") < shown.index("The other side")


def test_the_page_of_a_discrepancy_says_what_each_side_says_and_where(client: Client) -> None:
    page = client.page("/doc/source/KAZ/treaty-news/discrepancy/1")
    shown = page[page.index('id="sides"') : page.index('id="group-1"')]
    for text in ("2021", "2022", "Values that differ", "The headline", "The text", f'href="{TREATY}"'):
        assert text in shown
    assert 'class="note"' in shown and "News report on treaties" in shown


def test_labels_not_iris_in_the_readers_language(client: Client) -> None:
    page = client.page(TREATY, Accept_Language="ru")
    assert "<h1>Договор о выдаче между Францией и Казахстаном</h1>" in page
    assert "перевод проекта, неофициальный" in page
    assert ">Казахстан</a>" in page
    assert 'lang="en">Allows extradition' in page, "a text in another language says so"


def test_fallback_of_the_heading_is_shown(client: Client) -> None:
    page = client.page(f"{TREATY}/art/2", Accept_Language="kk")
    assert '<h1 lang="en">Article 2</h1>' in page
    assert "сіздің тіліңізде мәтін жоқ" in page


def test_breadcrumbs_are_the_containers(client: Client) -> None:
    page = client.page(f"{TREATY}/art/2")
    crumbs = page[page.index('class="crumbs"') : page.index("</nav>", page.index('class="crumbs"'))]
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/doc/id", "/doc/treaty", TREATY, f"{TREATY}/art"]


def test_incoming_links_use_the_inverse_if_there_is_one(client: Client) -> None:
    assert "<h3>has part</h3>" in client.page(TREATY)
    assert "<h3>“party” of</h3>" in client.page("/doc/country/KAZ")


def test_what_mentions_several_parts_of_a_provision_is_listed_and_counted_once(
    make_client: Callable[[Release | None], Client], tmp_path: Path
) -> None:
    article, graph = f"{BASE}id/act/KGZ/a/art/1", NamedNode(f"{BASE}id/graph/KGZ/d")
    kind, answers = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(f"{BASE}ontology#domesticProvision")
    parts = [NamedNode(f"{article}/part/{number}") for number in (1, 2, 3)]
    provision = NamedNode(f"{BASE}ontology#Provision")
    quads = [Quad(one, kind, provision, graph) for one in (NamedNode(article), *parts)]
    quads += [Quad(NamedNode(f"{BASE}id/correspondence/x"), answers, one, graph) for one in parts]
    page = make_client(write_release(tmp_path, quads)).page("/doc/act/KGZ/a/art/1")
    listed = page[page.index('id="incoming"') :]
    assert listed.count('href="/doc/correspondence/x"') == 1
    assert "Links to this: 1" in listed


def test_properties_called_alike_with_equal_values_are_one_row(
    make_client: Callable[[Release | None], Client], tmp_path: Path
) -> None:
    named, graph = NamedNode(f"{PREFIXES['rdfs']}label"), NamedNode(f"{BASE}id/graph/entailed")
    whole, part, other = (NamedNode(f"{BASE}id/x/{name}") for name in ("whole", "part", "other"))
    alike, again, less = (NamedNode(f"{BASE}ontology#{name}") for name in ("aPart", "bPart", "cPart"))
    quads = [Quad(one, named, Literal("has piece", language="en"), graph) for one in (alike, again, less)]
    quads += [Quad(whole, one, value, graph) for one in (alike, again) for value in (part, other)]
    quads += [Quad(whole, less, part, graph)]
    page = make_client(write_release(tmp_path, quads)).page("/doc/x/whole")
    assert page.count(">has piece</a>") == 2, "the third one says less"
    assert "#aPart" in page and "#cPart" in page and "#bPart" not in page
    incoming = make_client(write_release(tmp_path / "again", quads)).page("/doc/x/part")
    assert incoming.count("“has piece” of") == 1
    assert "Links to this: 1" in incoming


def test_long_lists_are_paged(make_client: Callable[[Release | None], Client], tmp_path: Path) -> None:
    party = NamedNode(f"{BASE}ontology#party")
    country, graph = NamedNode(f"{BASE}id/country/KAZ"), NamedNode(f"{BASE}id/graph/KAZ/treaty-news")
    many = [Quad(NamedNode(f"{BASE}id/treaty/t{number}"), party, country, graph) for number in range(230)]
    client = make_client(write_release(tmp_path, many))
    target = "/doc/country/KAZ"
    first, last = client.page(target), client.page(f"{target}?page=3")
    assert "Links to this: 230" in first and 'href="?page=2#incoming"' in first
    assert last.count('href="/doc/treaty/t') == 30
    assert client.page("/doc/treaty?part=3").count('href="/doc/treaty/t') == 30
    assert client.get(f"{target}?page=4", "text/html").status_code == 404


def test_the_home_page_has_true_numbers(client: Client, release: Release) -> None:
    page = client.page("/")
    assert f"<dd>{release.manifest['triples']}</dd>" in page
    assert 'href="/kinds/Treaty"' in page and 'href="/examples/treaties"' in page
    assert "News report on treaties" in page


def test_sources_show_what_is_known(client: Client) -> None:
    page = client.page("/sources")
    assert "2021-05-01" in page and 'href="/doc/graph/KAZ/treaty-news"' in page


def test_the_query_form_asks_the_endpoint(client: Client) -> None:
    page = Page(client.page("/query"))
    form = next(one for one in page.all("form") if one["action"] != "/search")
    assert (form["action"], form["method"]) == ("/sparql", "get")
    assert [one["value"] for one in page.all("option")] == [media_type for _, media_type in RESULT_FORMATS]
    assert RESULT_FORMATS[0][0] == "CSV"
    assert page.all("textarea")[0]["name"] == "query"


def test_an_example_can_be_edited_and_downloaded(client: Client) -> None:
    page = client.page("/examples/treaties")
    assert "Какие есть договоры?" in client.page("/examples", Accept_Language="ru")
    assert "Which treaties are there?" in client.page("/examples", Accept_Language="kk")
    assert "<h1>Which treaties are there?</h1>" in page and "# &lt;b&gt;" in page
    edit = next(str(one["href"]) for one in Page(page).all("a") if str(one["href"]).startswith("/query?"))
    assert edit == "/query?example=treaties"
    assert "SELECT * WHERE" in client.page(edit)
    text = client.get("/examples/treaties.rq")
    assert text.headers["content-type"].startswith("application/sparql-query")
    assert client.get("/examples/none").status_code == 404
    assert client.get("/examples/none.csv").status_code == 404


def test_the_ontology_page_has_an_anchor_for_each_term(client: Client) -> None:
    page = client.page("/doc/ontology", Accept_Language="ru")
    for term in ("Treaty", "party", "date"):
        assert f'id="{term}"' in page
    assert "Соглашение государств." in page
    assert re.search(r'<a href="#Treaty"[^>]*>\w+ <code lang="en">Treaty</code></a>', page)
    assert "The treaty between France and Kazakhstan." in page


def test_kinds_list_their_things(client: Client) -> None:
    page = client.page("/kinds/Article")
    assert page.index("Article 2<") < page.index("Article 10<")
    assert client.get("/kinds/Nothing", "text/html").status_code == 404


def test_no_identifier_stands_twice_on_a_page(
    published: Release, make_client: Callable[[Release | None], Client]
) -> None:
    """On the overviews, and on a page of each class of things and of each treaty."""
    client = make_client(published)
    sitemap = re.findall("<loc>https://data.example.org([^<]*)</loc>", client.get("/sitemap/1.xml").text)
    store = Store.read_only(str(published.store_path))
    things: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, NamedNode(TYPE), None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            things.setdefault(quad.object.value, set()).add(document_path(quad.subject.value))
    shown = {path for path in sitemap if re.match(r"/(?!doc/|examples/|kinds/.)", path)}
    shown |= {min(paths) for paths in things.values()} | things[ONTOLOGY + "Treaty"]
    twice = []
    for path in sorted(shown):
        answer = client.get(path, "text/html")
        if answer.status_code == 200:
            found = Counter(re.findall(r'\sid="([^"]*)"', answer.text))
            twice += [(path, name) for name, number in found.items() if number > 1]
    assert twice == []
