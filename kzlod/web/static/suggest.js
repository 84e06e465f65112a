// Suggestions while somebody types into a search field: a list box as in the ARIA practices. Without it the
// form works as it is.
"use strict";

const PAUSE = 120;
const ESCAPE = "Escape";

function attach(form, number) {
  const input = form.querySelector('input[type="search"]');
  if (!input) return;
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `suggestions-${number}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") || form.querySelector("label").textContent);
  form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  let found = [];
  let selected = -1;
  let timer;
  let last = "";

  function show(things) {
    found = things;
    select(-1);
    list.replaceChildren(...things.map((thing, place) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${place}`;
      item.setAttribute("role", "option");
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = thing.kind;
      item.append(kind, thing.name);
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        open(place);
      });
      return item;
    }));
    list.hidden = things.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  function select(place) {
    selected = place;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `${list.id}-${place}`);
  }

  function open(place) {
    if (found[place] && found[place].page) window.location.assign(found[place].page);
  }

  async function ask(text) {
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`);
      if (answer.ok && text === last) show(await answer.json());
    } catch {
      show([]);
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    last = input.value.trim();
    if (last.length < 2) show([]);
    else timer = setTimeout(ask, PAUSE, last);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      select((selected + step + 1 + found.length + 1) % (found.length + 1) - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && selected >= 0) {
      open(selected);
      event.preventDefault();
    } else if (event.key === ESCAPE) {
      show([]);
      event.preventDefault();
    }
  });
  input.addEventListener("blur", () => show([]));
}

document.querySelectorAll('form[role="search"]').forEach(attach);
