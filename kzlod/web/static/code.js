// The place where a query is written: Yasqe where it is installed, else the form's own field.
import { completer } from "/static/completion.js";

const ERROR = "gutterErrorBar";

// `run` and `leave` are what the keys for running the query and for leaving the editor do.
export function makeCode(area, data, { run, leave }) {
  return window.Yasqe ? editor(window.Yasqe, area, data, run, leave) : plain(area, run);
}

function plain(area, run) {
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });
  return {
    rich: false,
    text: () => area.value,
    unmark: () => {},
    mark: (line, column) => {
      const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(before + column - 1, before + column);
    },
  };
}

function editor(Yasqe, area, data, run, leave) {
  const place = document.createElement("div");
  place.className = "code";
  area.after(place);
  area.hidden = true;
  Yasqe.registerAutocompleter(completer(data), false);
  Yasqe.defaults.autocompleters = ["variables", "terms"]; // those that come with it ask another host
  const yasqe = new Yasqe(place, {
    value: area.value,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    editorHeight: "auto",
    viewportMargin: Infinity,
    syntaxErrorCheck: false, // its notes are in English only: see check()
    screenReaderLabel: document.querySelector(`label[for="${area.id}"]`).textContent,
    extraKeys: { Tab: false, "Shift-Tab": false, Esc: leave, "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": false },
  });
  yasqe.getInputField().setAttribute("aria-describedby", "keys");
  yasqe.getInputField().id = "query-editor";
  document.querySelector(`label[for="${area.id}"]`).htmlFor = "query-editor";
  let marks = [];

  function unmark() {
    marks.forEach((one) => one.clear());
    marks = [];
    yasqe.clearGutter(ERROR);
  }

  function flag(line, words) {
    const sign = document.createElement("span");
    sign.className = "flag";
    sign.textContent = "!";
    sign.title = words;
    yasqe.setGutterMarker(line, ERROR, sign);
  }

  // Marks the first line from which the query cannot go on, while it is written.
  function check() {
    yasqe.clearGutter(ERROR);
    const last = yasqe.lineCount();
    for (let line = 0; line < last; line += 1) {
      const { state } = yasqe.getTokenAt({ line, ch: yasqe.getLine(line).length }, true);
      yasqe.setOption("queryType", state.queryType);
      if (state.OK === false) {
        flag(line, data.texts.cannot_go_on.replace("{line}", line + 1));
        return;
      }
    }
  }

  function mark(line, column) {
    unmark();
    const at = Math.min(line, yasqe.lineCount()) - 1;
    const length = yasqe.getLine(at).length;
    const from = Math.max(0, Math.min(column - 1, length - 1));
    const { end } = yasqe.getTokenAt({ line: at, ch: from + 1 });
    marks.push(yasqe.markText({ line: at, ch: from }, { line: at, ch: Math.max(from + 1, end) }, { className: "wrong" }));
    flag(at, data.texts.place.replace("{line}", line).replace("{column}", column));
    yasqe.setCursor({ line: at, ch: Math.min(column - 1, length) });
    yasqe.focus();
  }

  yasqe.on("autocompletionShown", (_, widget) => widget?.hints.setAttribute("aria-label", data.texts.completions));
  yasqe.checkSyntax = check;
  check();
  return { rich: true, text: () => yasqe.getValue(), unmark, mark };
}
