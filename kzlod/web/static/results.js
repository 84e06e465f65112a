// Shows the result of a query: as a table, a chart, or as it came; gives it as a file, and the query as a link.
import { names } from "/static/names.js";

const AT_A_TIME = 200;
const MOST_NAMED = 2000; // things that a chart asks the names of
const NUMBERS = new Set(["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"]);
const XSD = "http://www.w3.org/2001/XMLSchema#";

export class Results {
  // `link` gives the address of the query, `send` sends it again for another format.
  constructor(section, data, { link, send }) {
    Object.assign(this, { section, data, link, send, named: true });
    this.texts = data.texts;
    this.body = element("div", "views");
    section.append(this.body);
  }

  // Shows a result and returns what there is to say of it.
  show(text, type, query, seconds) {
    Object.assign(this, { text, query });
    this.json = type.startsWith("application/sparql-results+json");
    const answer = this.json ? JSON.parse(text) : null;
    this.table = answer?.results ? { columns: answer.head.vars, rows: answer.results.bindings } : null;
    this.body.replaceChildren(this.tools());
    this.view = element("div", "view");
    this.body.append(this.view);
    if (answer && "boolean" in answer) {
      this.view.append(element("p", "lead", answer.boolean ? this.texts.yes : this.texts.no));
      return answer.boolean ? this.texts.yes : this.texts.no;
    }
    if (!this.table) {
      this.showRaw();
      return fill(this.texts.graph, { seconds });
    }
    this.showTable();
    const count = this.table.rows.length;
    const said = fill(this.texts.rows, { rows: count.toLocaleString(this.data.language), seconds });
    return count ? said : `${said} ${this.texts.no_rows}`;
  }

  tools() {
    const tools = element("div", "controls tools");
    if (this.table) {
      const views = element("div", "group");
      views.setAttribute("role", "group");
      views.setAttribute("aria-label", this.texts.view);
      const shows = { table: () => this.showTable(), chart: () => this.showChart(), raw: () => this.showRaw() };
      if (!this.data.charts) delete shows.chart;
      const buttons = Object.entries(shows).map(([name, show]) => {
        const button = action(this.texts[name], () => {
          buttons.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
          show();
        });
        button.setAttribute("aria-pressed", String(name === "table"));
        return button;
      });
      views.append(...buttons);
      const naming = action(this.texts.names, () => {
        this.named = !this.named;
        naming.setAttribute("aria-pressed", String(this.named));
        this.name();
      });
      naming.setAttribute("aria-pressed", String(this.named));
      naming.title = this.texts.names_note;
      tools.append(views, naming);
    }
    const files = element("div", "group");
    files.setAttribute("role", "group");
    files.setAttribute("aria-label", this.texts.download);
    const formats = this.table ? { CSV: ["csv", "text/csv"], JSON: ["json", ""] } : { [this.json ? "JSON" : "Turtle"]: [this.json ? "json" : "ttl", ""] };
    for (const [name, [suffix, accept]] of Object.entries(formats)) {
      const button = action(name, () => this.save(suffix, accept));
      button.setAttribute("aria-label", `${this.texts.download}: ${name}`);
      files.append(button);
    }
    const note = element("span", "hint");
    note.setAttribute("role", "status");
    tools.append(files, action(this.texts.link, () => this.copyLink(note)), note);
    return tools;
  }

  async copyLink(note) {
    const { href } = await this.link();
    let words = this.texts.link_copied;
    try {
      await navigator.clipboard.writeText(href);
    } catch {
      words = this.texts.link_here;
    }
    const anchor = element("a", "long", href.length > 90 ? `${href.slice(0, 90)}…` : href);
    anchor.href = href;
    note.replaceChildren(words, " ", anchor);
  }

  async save(suffix, accept) {
    let blob = new Blob([this.text], { type: "application/octet-stream" });
    if (accept) {
      const answer = await this.send(this.query, accept);
      if (!answer.ok) return;
      blob = await answer.blob();
    }
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(blob);
    anchor.download = `kzlod-${this.data.release}.${suffix}`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
  }

  showRaw() {
    const block = element("pre", "raw");
    block.tabIndex = 0;
    block.append(element("code", "", this.json ? JSON.stringify(JSON.parse(this.text), null, 1) : this.text));
    this.view.replaceChildren(block);
  }

  showTable() {
    const { columns, rows } = this.table;
    const scroll = element("div", "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", this.texts.table);
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    const numeric = columns.map((name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || isNumber(row[name])));
    columns.forEach((name, place) => {
      const cell = element("th", numeric[place] ? "number" : "", name);
      cell.scope = "col";
      head.append(cell);
    });
    const body = table.createTBody();
    scroll.append(table);
    this.view.replaceChildren(scroll);
    let shown = 0;
    const more = action(this.texts.show_more, () => add());
    const note = element("p", "hint");
    const foot = element("p", "controls");
    foot.append(note, more);
    if (rows.length > AT_A_TIME) this.view.append(foot);

    const add = () => {
      for (const row of rows.slice(shown, shown + AT_A_TIME)) {
        const line = body.insertRow();
        columns.forEach((name, place) => {
          const cell = line.insertCell();
          if (numeric[place]) cell.className = "number";
          if (row[name]) cell.append(this.term(row[name]));
        });
      }
      shown = Math.min(rows.length, shown + AT_A_TIME);
      note.textContent = fill(this.texts.shown, { rows: shown.toLocaleString(this.data.language) });
      if (shown === rows.length) foot.remove();
      this.name();
    };
    add();
  }

  term(value) {
    if (value.type !== "uri") {
      const text = element("span", "", value.type === "bnode" ? `_:${value.value}` : value.value);
      if (value["xml:lang"]) text.lang = value["xml:lang"];
      return text;
    }
    const href = this.page(value.value);
    const text = element(href ? "a" : "span", "long", this.compact(value.value));
    if (href) text.href = href;
    text.title = value.value;
    if (value.value.startsWith(this.data.base)) text.dataset.iri = value.value;
    return text;
  }

  // The names of things while names are shown; none when they are not, or cannot be had: identifiers will do.
  async called(iris) {
    const ours = iris.filter((iri) => iri.startsWith(this.data.base));
    try {
      const found = this.named && ours.length ? await names(ours, this.data, this.send) : new Map();
      return this.named ? found : new Map();
    } catch {
      return new Map();
    }
  }

  // Calls the things in the table by their names, or by their identifiers again.
  async name() {
    const links = [...this.view.querySelectorAll("[data-iri]")];
    const called = await this.called(links.map((link) => link.dataset.iri));
    for (const link of links) {
      const name = called.get(link.dataset.iri);
      link.textContent = name ? name.text : this.compact(link.dataset.iri);
      link.classList.toggle("long", !name);
      if (name?.language && name.language !== this.data.language) link.lang = name.language;
      else link.removeAttribute("lang");
    }
  }

  // Our own things are on this server; of the rest, web addresses are links and nothing else is.
  page(iri) {
    if (iri.startsWith(this.data.base)) return `/${iri.slice(this.data.base.length)}`;
    return /^https?:\/\/[^/]/i.test(iri) ? iri : null;
  }

  compact(iri) {
    let best = null;
    for (const [prefix, space] of Object.entries(this.data.prefixes)) {
      if (iri.startsWith(space) && (!best || space.length > best[1].length)) best = [prefix, space];
    }
    return best ? `${best[0]}:${iri.slice(best[1].length)}` : iri;
  }

  async showChart() {
    const place = element("div", "chart");
    this.view.replaceChildren(place);
    const { chart } = await import("/static/chart.js");
    const things = this.table.rows.flatMap((row) => Object.values(row)).filter((value) => value.type === "uri");
    const called = await this.called(things.map((value) => value.value).slice(0, MOST_NAMED));
    const calls = (iri) => called.get(iri)?.text || this.compact(iri);
    await chart(place, this.table, this.data, { isNumber, compact: calls });
  }
}

function isNumber(value) {
  return Boolean(value.datatype?.startsWith(XSD)) && NUMBERS.has(value.datatype.slice(XSD.length));
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function action(text, run) {
  const button = element("button", "quiet", text);
  button.type = "button";
  button.addEventListener("click", run);
  return button;
}

export function fill(text, values) {
  return Object.entries(values).reduce((done, [name, value]) => done.replace(`{${name}}`, value), text);
}
