// What things are called in the reader's language, else in English, asked of the endpoint like any query.

const MOST = 400; // things in one question
const PLAIN = /^[^\x00-\x20<>"{}|^`\\]+$/; // what may stand between < and > in SPARQL
const SAID = ["skos:prefLabel", "rdfs:label", "dcterms:title", "kzlod:unofficialLabel"];
const known = new Map();

// The names of those of some IRIs that have one: a map to `{ text, language }`. Nothing when the endpoint cannot say.
export async function names(iris, { language, prefixes }, send) {
  const asked = [...new Set(iris)].filter((iri) => PLAIN.test(iri) && !known.has(iri));
  for (let first = 0; first < asked.length; first += MOST) {
    const some = asked.slice(first, first + MOST);
    const answer = await send(query(some, language, prefixes), "application/sparql-results+json");
    if (!answer.ok) break;
    some.forEach((iri) => known.set(iri, null));
    for (const row of (await answer.json()).results.bindings) {
      const name = { text: row.name.value, language: row.name["xml:lang"] || "" };
      const before = known.get(row.thing.value);
      if (!before || (before.language !== language && name.language === language)) known.set(row.thing.value, name);
    }
  }
  return new Map(iris.filter((iri) => known.get(iri)).map((iri) => [iri, known.get(iri)]));
}

function query(iris, language, prefixes) {
  const properties = SAID.map((name) => name.split(":")).map(([prefix, local]) => `<${prefixes[prefix]}${local}>`);
  const languages = [...new Set([language, "en", ""])].map((tag) => `"${tag}"`);
  return `SELECT ?thing ?name WHERE {
  VALUES ?thing { ${iris.map((iri) => `<${iri}>`).join(" ")} }
  VALUES (?property ?order) { ${properties.map((property, order) => `(${property} ${order})`).join(" ")} }
  ?thing ?property ?name . FILTER (lang(?name) IN (${languages.join(", ")}))
} ORDER BY ?thing ?order ?name`;
}
