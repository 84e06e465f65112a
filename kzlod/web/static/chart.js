// A bar or line chart of a result: one column of names, one or more columns of numbers, as the reader picks.
// Vega and Vega-Lite, with the interpreter that needs no eval.
import { action, element, fill } from "/static/results.js";

const MOST_ROWS = 200;
let loading = null;

function load([vega, lite, interpreter]) {
  loading ??= (async () => {
    await script(vega);
    await script(lite);
    return (await import(interpreter)).expressionInterpreter;
  })();
  return loading;
}

function script(address) {
  return new Promise((resolve, reject) => {
    const made = document.createElement("script");
    made.src = address;
    made.addEventListener("load", resolve);
    made.addEventListener("error", reject);
    document.head.append(made);
  });
}

export async function chart(place, table, data, { isNumber, compact }) {
  const { texts } = data;
  const bound = (name) => table.rows.filter((row) => row[name]);
  const numbers = table.columns.filter((name) => bound(name).length && bound(name).every((row) => isNumber(row[name])));
  if (!numbers.length) {
    place.append(element("p", "hint", texts.chart_none));
    return;
  }
  const names = table.columns.filter((name) => bound(name).length);
  const chosen = {
    // What tells most rows apart names them best.
    label: names.filter((name) => !numbers.includes(name)).sort((a, b) => different(b) - different(a))[0] ?? names[0],
    numbers: new Set([numbers[numbers.length - 1]]),
    form: "bar",
  };
  function different(name) {
    return new Set(bound(name).map((row) => row[name].value)).size;
  }

  const controls = element("div", "controls");
  controls.append(
    pick(texts.chart_label, names, chosen.label, (value) => { chosen.label = value; }),
    several(texts.chart_numbers, numbers, chosen.numbers),
    pick(texts.chart_form, { bar: texts.chart_bars, line: texts.chart_line }, chosen.form, (value) => { chosen.form = value; }),
  );
  const picture = element("div", "picture");
  picture.tabIndex = 0;
  picture.setAttribute("role", "region");
  const about = element("p", "hint");
  about.setAttribute("role", "status");
  place.append(controls, about, picture);
  controls.addEventListener("change", draw);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", () => place.isConnected && draw());
  await draw();

  async function draw() {
    const interpreter = await load(data.charts);
    const { vega, vegaLite } = window;
    const words = fill(texts.chart_about, { numbers: [...chosen.numbers].join(", "), label: chosen.label });
    about.textContent = words + (table.rows.length > MOST_ROWS ? ` ${fill(texts.chart_first, { rows: MOST_ROWS })}` : "");
    picture.setAttribute("aria-label", words);
    const compiled = vegaLite.compile(spec(words), { config: { ...colours(), locale: { number: { ...data.numbers, grouping: [3], currency: ["", ""] } } } }).spec;
    const view = new vega.View(vega.parse(compiled, null, { ast: true }), {
      expr: interpreter,
      renderer: "svg",
      loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse },
    });
    picture.replaceChildren();
    await view.initialize(picture).runAsync();
    picture.querySelector("svg")?.setAttribute("aria-label", words);
    picture.append(action(texts.chart_save, async () => {
      const anchor = document.createElement("a");
      anchor.href = URL.createObjectURL(new Blob([await view.toSVG()], { type: "image/svg+xml" }));
      anchor.download = `kzlod-${data.release}.svg`;
      anchor.click();
    }));
  }

  // Rows keep their order; names that occur twice are told apart by the row.
  function spec(description) {
    const rows = table.rows.slice(0, MOST_ROWS);
    const values = rows.flatMap((row, place) => [...chosen.numbers].filter((name) => row[name]).map((name) => ({
      place,
      name: shown(row[chosen.label]),
      series: name,
      figure: Number(row[name].value),
    })));
    const labels = rows.map((row) => shown(row[chosen.label]));
    const step = Math.max(20, Math.min(110, Math.floor(620 / Math.max(1, rows.length))));
    const upright = labels.every((label) => label.length * 7 < step);
    const x = {
      field: "place",
      type: "ordinal",
      sort: null,
      title: chosen.label,
      axis: { labelExpr: `${JSON.stringify(labels)}[datum.value]`, labelAngle: upright ? 0 : -50, labelLimit: 190 },
    };
    const one = chosen.numbers.size === 1;
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      description,
      data: { values },
      width: { step: one || chosen.form === "line" ? step : Math.max(10, Math.floor(step / chosen.numbers.size)) },
      height: 300,
      mark: chosen.form === "bar" ? { type: "bar" } : { type: "line", point: true },
      encoding: {
        x,
        y: { field: "figure", type: "quantitative", title: one ? [...chosen.numbers][0] : null },
        ...(one ? {} : { color: { field: "series", type: "nominal", title: null, legend: { orient: "top" } } }),
        ...(one || chosen.form === "line" ? {} : { xOffset: { field: "series" } }),
      },
    };
  }

  function shown(value) {
    if (!value) return "";
    return value.type === "uri" ? compact(value.value) : value.value;
  }
}

function refuse() {
  return Promise.reject(new Error("a chart loads nothing"));
}

function colours() {
  const style = window.getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [ink, quiet, rule] = ["--ink", "--quiet", "--rule"].map(colour);
  return {
    background: "transparent",
    font: "system-ui, sans-serif",
    axis: { labelColor: ink, titleColor: quiet, domainColor: rule, tickColor: rule, gridColor: rule, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
    legend: { labelColor: ink, labelFontSize: 12 },
    view: { stroke: null },
    bar: { color: colour("--link") },
    line: { color: colour("--link") },
    point: { color: colour("--link") },
    range: { category: [colour("--link"), colour("--accent-fill"), colour("--visited"), colour("--warn"), quiet] },
  };
}

function pick(title, options, now, set) {
  const label = element("label", "", `${title} `);
  const select = document.createElement("select");
  const pairs = Array.isArray(options) ? options.map((name) => [name, name]) : Object.entries(options);
  select.append(...pairs.map(([value, text]) => new Option(text, value, value === now, value === now)));
  select.addEventListener("change", () => set(select.value));
  label.append(select);
  return label;
}

function several(title, options, now) {
  const group = element("fieldset", "several");
  group.append(element("legend", "", title), ...options.map((name) => {
    const label = element("label", "");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = now.has(name);
    box.addEventListener("change", (event) => {
      if (box.checked) now.add(name);
      else if (now.size > 1) now.delete(name);
      else {
        box.checked = true; // one is always shown
        event.stopPropagation();
      }
    });
    label.append(box, ` ${name}`);
    return label;
  }));
  return group;
}
