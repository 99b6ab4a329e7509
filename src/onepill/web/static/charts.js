// Draws the charts of a page anew, so that what is pointed at tells its value; without it the server's drawings stay.
"use strict";

const told = document.getElementById("charts-data");
const own = document.currentScript;
let library = null;

function loadLibrary() {
  library = library || new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = own.dataset.vega;
    script.onload = () => done(window.onepillDraw);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

// A canvas knows no style sheet: the page's own colours and fonts are written into the definition.
function plain(value, style) {
  if (typeof value === "string") return value.includes("var(") ? value.replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim()) : value;
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map((one) => plain(one, style));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one, style)]));
  return value;
}

function resolved(definition) {
  const style = getComputedStyle(document.documentElement);
  let made = plain(definition, style);
  while (JSON.stringify(made.config).includes("var(")) made = plain(made, style);
  made.config = { ...made.config, font: getComputedStyle(document.body).fontFamily };
  return made;
}

// A drawing of more than can be shown at once takes the page's width, and names as many columns as there is room for.
function fit(definition, width) {
  const { margin, label } = definition.usermeta, axis = definition.encoding.x.axis;
  definition.width = Math.max(150, width - margin);
  axis.tickCount = Math.max(3, Math.min(axis.tickCount, Math.floor(definition.width / label)));
}

async function drawOne(figure, rows) {
  const spot = [...figure.querySelectorAll(".drawing")].find((one) => one.offsetParent !== null);
  if (!spot) return;
  const definition = resolved(rows.full || (spot.classList.contains("narrow") ? rows.narrow : rows.wide));
  if (rows.full) fit(definition, spot.clientWidth);
  const place = document.createElement("div");
  place.setAttribute("aria-hidden", "true");  // the figure's own sentence and table say it
  const draw = await loadLibrary();
  await draw(place, definition, {
    ast: true, actions: false, defaultStyle: false, renderer: rows.full ? "canvas" : "svg",
    tooltip: { disableDefaultStyle: true }, hover: false,
  });
  spot.replaceChildren(place);
  figure.dataset.drawn = rows.full ? "canvas" : "svg";
}

function drawAll() {
  if (!told) return;
  const charts = JSON.parse(told.textContent);
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      seen.unobserve(entry.target);
      const rows = charts[entry.target.id.replace("chart-", "")];
      // A drawing that fails leaves the server's own where it is.
      drawOne(entry.target, rows).catch((error) => console.warn(error));
    }
  }, { rootMargin: "200px" });
  const figures = [...document.querySelectorAll("figure.chart")].filter((one) => charts[one.id.replace("chart-", "")]);
  const watch = () => { for (const figure of figures) seen.observe(figure); };
  watch();
  for (const query of ["(prefers-color-scheme: dark)", "(max-width: 48rem)"]) matchMedia(query).addEventListener("change", () => { for (const figure of figures) { seen.unobserve(figure); seen.observe(figure); } });
}

drawAll();
