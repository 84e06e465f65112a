// The query page where scripts run: sends the query without leaving the page, tells what is wrong and where,
// keeps the query in the page's address. Without this the form works as it is.
import { makeCode } from "/static/code.js";
import { Results } from "/static/results.js";

const data = JSON.parse(document.getElementById("query-data").textContent);
const form = document.querySelector("form.query");
const area = document.getElementById("query");
const button = form.querySelector("button[type=submit]");
const section = document.getElementById("result");
const heading = document.getElementById("result-heading");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const LARGEST = 32 * 2 ** 20; // bytes of a result that a page can show
const LONGEST_ADDRESS = 6000;
const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.5";

const status = document.createElement("p");
status.className = "hint";
status.setAttribute("role", "status");
const trouble = document.createElement("div");
trouble.className = "oddity trouble";
trouble.setAttribute("role", "alert");
const stop = document.createElement("button");
stop.type = "button";
stop.className = "quiet";
stop.textContent = data.texts.stop;
stop.hidden = true;
button.after(stop);
form.after(status, trouble);
form.querySelector(".plain-form").hidden = true;

let running = null;
const code = makeCode(area, data, { run, leave: () => button.focus() });
const results = new Results(section, data, { link: () => address(code.text()), send });
const keys = document.getElementById("keys");
keys.textContent = code.rich ? data.texts.keys : data.texts.keys_plain;
keys.hidden = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
stop.addEventListener("click", () => running?.abort());
window.addEventListener("beforeprint", () => {
  document.getElementById("query-on-paper").textContent = code.text();
});

function say(text) {
  status.textContent = text;
}

function complain(title, advice, place, detail) {
  const lines = [["strong", title], ["p", place], ["p", advice]].filter((one) => one[1]);
  trouble.replaceChildren(...lines.map(([tag, text]) => {
    const line = document.createElement(tag);
    line.textContent = text;
    return line;
  }));
  if (detail) {
    const line = document.createElement("code");
    line.className = "long";
    line.lang = "en";
    line.textContent = detail;
    trouble.append(line);
  }
}

async function run() {
  const query = code.text();
  running?.abort();
  trouble.replaceChildren();
  code.unmark();
  if (!query.trim()) {
    say(data.texts.empty);
    return;
  }
  const control = new AbortController();
  running = control;
  stop.hidden = false;
  section.hidden = true;
  say(data.texts.busy);
  const began = performance.now();
  try {
    const answer = await send(query, ACCEPT, control.signal);
    const text = await read(answer);
    if (running !== control) return;
    const seconds = ((performance.now() - began) / 1000).toLocaleString(data.language, { maximumFractionDigits: 2 });
    if (answer.ok) {
      section.hidden = false;
      say(results.show(text, answer.headers.get("Content-Type") || "", query, seconds));
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
      remember(await address(query));
    } else {
      say("");
      explain(answer, text);
    }
  } catch (error) {
    if (running !== control) return;
    const stopped = error.name === "AbortError";
    say(stopped ? data.texts.stopped : "");
    if (!stopped) complain(error.message === "too large" ? data.texts.too_large : data.texts.unreachable);
  } finally {
    if (running === control) {
      running = null;
      stop.hidden = true;
    }
  }
}

function send(query, accept, signal) {
  const headers = { Accept: accept };
  return fetch("/sparql", { method: "POST", headers, body: new URLSearchParams({ query }), signal });
}

async function read(answer) {
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > LARGEST) {
      reader.cancel();
      throw new Error("too large");
    }
    text += decoder.decode(value, { stream: true });
  }
}

function explain(answer, text) {
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    problem.title = `${answer.status} ${answer.statusText}`;
  }
  const kind = String(problem.type || "").replace("/problems/", "");
  let place = "";
  if (problem.line) {
    place = data.texts.place.replace("{line}", problem.line).replace("{column}", problem.column);
    code.mark(problem.line, problem.column);
  }
  complain(data.problems[kind] || problem.title, data.problems[`${kind}_advice`], place, problem.detail);
}

// The address of the page with a query: a stored one by its name, any other compressed into the address.
async function address(query) {
  const found = new URL("/query", window.location.href);
  if (data.example.name && query.trim() === data.example.query.trim()) found.searchParams.set("example", data.example.name);
  else if (window.CompressionStream) found.searchParams.set("z", await shortened(query));
  else found.searchParams.set("query", query);
  return found;
}

async function shortened(text) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// So that going back, loading again and changing the language keep the query.
function remember(found) {
  if (found.href.length > LONGEST_ADDRESS) return;
  window.history.replaceState(null, "", found);
  document.querySelectorAll("nav.languages a").forEach((link) => {
    const other = new URL(found);
    other.searchParams.set("lang", new URL(link.href).searchParams.get("lang"));
    link.href = other.href;
  });
}
