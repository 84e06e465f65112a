// Completes prefixed names in the editor from what the endpoint has: by their beginning, or by a word of their
// label in the reader's language. Declares the prefix of what is taken.

const MOST = 60;
const CLASS_PLACES = new Set(["a", "rdf:type", "rdfs:domain", "rdfs:range"]);
const WORD = /[^\s<>"'{}()|^`\\?$#,;.]+$/u;

export function completer(data) {
  let known = null;

  async function terms() {
    known ??= fetch(data.terms)
      .then((answer) => answer.json())
      .then((found) => [
        ...found.classes.map((one) => ({ ...one, kind: "class" })),
        ...found.properties.map((one) => ({ ...one, kind: "property" })),
      ])
      .catch(() => {
        known = null;
        return [];
      });
    return known;
  }

  return {
    name: "terms",
    bulk: false,
    autoShow: true,
    persistenceId: null,
    isValidCompletionPosition: (yasqe) => {
      const word = wordBefore(yasqe);
      return word.length > 2 && !inText(yasqe);
    },
    preProcessToken: (yasqe, token) => {
      const cursor = yasqe.getCursor();
      const word = wordBefore(yasqe);
      return {
        ...token,
        string: word,
        autocompletionString: word,
        from: { line: cursor.line, ch: cursor.ch - word.length },
        to: { line: cursor.line, ch: cursor.ch },
      };
    },
    get: async (yasqe, token) => {
      const word = (token?.autocompletionString ?? "").toLocaleLowerCase();
      if (!word) return [];
      const wanted = isClassPlace(yasqe) ? "class" : "property";
      return (await terms())
        .map((one) => ({ one, rank: rank(one, word, wanted) }))
        .filter(({ rank: place }) => place < 9)
        .sort((a, b) => a.rank - b.rank || b.one.count - a.one.count)
        .slice(0, MOST)
        .map(({ one }) => one.term);
    },
    postprocessHints: (yasqe, hints) => {
      // Whole already: nothing to complete.
      if (hints.length === 1 && hints[0].text === wordBefore(yasqe)) return [];
      return hints.map((hint) => ({ ...hint, render: (item) => render(item, hint.text), hint: take }));
    },
  };

  function render(item, term) {
    const name = document.createElement("span");
    const note = document.createElement("span");
    name.className = "term-name";
    name.textContent = term;
    note.className = "term-note";
    item.append(name, note);
    terms().then((all) => {
      const one = all.find((each) => each.term === term);
      if (!one) return;
      note.textContent = `${one.label} · ${data.texts[one.kind]}`;
      note.lang = one.language || "";
    });
  }

  function take(yasqe, list, hint) {
    yasqe.replaceRange(hint.text, hint.from, hint.to, "complete");
    const prefix = hint.text.split(":", 1)[0];
    const space = data.prefixes[prefix];
    const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im");
    if (space && hint.text[0] !== "<" && !declared.test(yasqe.getValue())) {
      yasqe.replaceRange(`PREFIX ${prefix}: <${space}>\n`, { line: 0, ch: 0 });
    }
  }
}

function wordBefore(yasqe) {
  const { line, ch } = yasqe.getCursor();
  const before = yasqe.getLine(line).slice(0, ch);
  const word = before.match(WORD)?.[0] ?? "";
  return "?$".includes(before[before.length - word.length - 1] ?? " ") ? "" : word;
}

// In a comment, a text in quotes or an IRI nothing is completed.
function inText(yasqe) {
  const types = (yasqe.getTokenAt(yasqe.getCursor()).type ?? "").split(" "); // string-2: a prefixed name
  return types.some((type) => ["comment", "string", "atom", "keyword"].includes(type)) || /^\s*PREFIX\b/i.test(yasqe.getLine(yasqe.getCursor().line));
}

function isClassPlace(yasqe) {
  const { line, ch } = yasqe.getCursor();
  const words = yasqe.getLine(line).slice(0, ch).slice(0, -wordBefore(yasqe).length || undefined).trim().split(/\s+/);
  return CLASS_PLACES.has(words[words.length - 1]);
}

// The smaller, the better; 9 and more: it does not fit.
function rank(one, word, wanted) {
  const term = one.term.toLowerCase();
  const label = one.label.toLocaleLowerCase();
  const other = one.kind === wanted ? 0 : 4;
  if (term === word) return -1;
  if (term.startsWith(word)) return other;
  if (term.split(":").pop().startsWith(word)) return other + 1;
  if (label.startsWith(word)) return other + 2;
  return label.includes(word) || term.includes(word) ? other + 3 : 9;
}
