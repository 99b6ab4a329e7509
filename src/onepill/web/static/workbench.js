// Keys, filters and marks: everything here also works, more slowly, without it.
"use strict";

const typing = (node) => node instanceof Element && node.matches("input, textarea, select");

function openKeys(event) {
  const dialog = document.getElementById("keys-dialog");
  if (!dialog || dialog.open) return;
  event.preventDefault();
  dialog.showModal();
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  if (typing(event.target)) return;
  const go = (node) => { if (node) { event.preventDefault(); node.click(); } };
  if (event.key === "?") openKeys(event);
  else if (event.key === "/") { const box = document.getElementById("filter"); if (box) { event.preventDefault(); box.focus(); } }
  else if (event.key === "e") { const box = document.querySelector("#inputs [name^='v:'], #inputs summary"); if (box) { event.preventDefault(); box.focus(); } }
  else if (event.key === "l") { event.preventDefault(); location.assign("/"); }
  else if ("shc".includes(event.key)) go(document.querySelector(`[data-key='${event.key}']`));
}

function filter(box) {
  const wanted = box.value.trim().toLowerCase();
  for (const row of document.querySelectorAll(box.dataset.filter)) row.hidden = !row.textContent.toLowerCase().includes(wanted);
}

// The words that are chosen of a list, as its file holds them.
const listed = (part) => `[${[...part.querySelectorAll("input:checked")].map((box) => box.value).join(", ")}]`;
const worded = (part) => [...part.querySelectorAll("input:checked")].map((box) => box.closest("label").textContent.trim()).join(part.ownerDocument.documentElement.lang.startsWith("zh") ? "、" : ", ");

function mark(box) {
  const row = box.closest("tr");
  const list = box.closest("details.many");
  const holder = list || box;
  const value = list ? listed(list) : box.value.trim();
  const changed = value !== holder.dataset.saved;
  row.classList.toggle("changed", changed);
  const source = row.querySelector("[data-source]");
  if (source) {
    source.disabled = !changed;
    source.closest(".field").hidden = !changed;
    row.querySelector("[data-origin]").hidden = changed;
  }
  const code = row.querySelector("[data-code]");
  if (code) code.textContent = value;
  if (list) { const chosen = list.querySelector("[data-chosen]"); chosen.textContent = worded(list) || chosen.dataset.none; }
  const was = row.querySelector("[data-was]");
  const saved = box.tagName === "SELECT" ? ([...box.options].find((one) => one.value === box.dataset.saved) || {}).text : holder.dataset.saved;
  if (was) was.textContent = changed && saved ? was.dataset.was + saved : "";
}

document.addEventListener("keydown", press);
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-filter]")) filter(event.target);
  if (event.target.matches("#inputs [data-saved], #inputs details.many input")) mark(event.target);
});
document.addEventListener("click", (event) => {
  const node = event.target instanceof Element ? event.target : null;
  if (!node) return;
  if (node.closest("#keys-help")) openKeys(event);
  if (node.closest("a[href='#save']")) {
    event.preventDefault();
    const form = document.getElementById("save");
    form.open = true;
    document.getElementById("scenario-name").focus();
  }
  if (node.closest("[data-stop]")) {
    const waiting = document.querySelector("#outcome [hx-get*='/outcome']");
    if (waiting) { if (window.htmx) window.htmx.trigger(waiting, "htmx:abort"); waiting.remove(); }
    node.remove();
  }
  if (node.closest("#explain [data-close]")) {
    event.preventDefault();
    document.getElementById("explain").replaceChildren();
    if (asker && asker.isConnected) asker.focus();
  }
});
// Only what was changed is sent: a programme has a hundred fields, and each key asks anew.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "inputs") return;
  const sent = event.detail.parameters;
  for (const box of document.querySelectorAll("#inputs [data-saved]")) {
    const path = box.dataset.path || box.name.slice(2);
    if ((box.dataset.path ? listed(box) : box.value.trim()) !== sent[`o:${path}`]) continue;
    for (const kind of "voslm") delete sent[`${kind}:${path}`];
  }
});
// Who asked for an explanation has the focus again when it is closed.
let asker = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target && event.detail.target.id === "explain" && !event.target.closest("#explain")) asker = event.target;
});
// An answer to the inputs brings what is wrong with some of them: what was said of all goes first.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig.elt.id !== "inputs" || !event.detail.shouldSwap) return;
  for (const said of document.querySelectorAll("#inputs .msg:not(:empty)")) said.replaceChildren();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "outcome") for (const box of document.querySelectorAll("#inputs [aria-describedby]")) {
    const said = document.getElementById(box.getAttribute("aria-describedby"));
    const bad = Boolean(said && said.textContent.trim());
    box.closest(".field").classList.toggle("bad", bad);
    if (bad) box.setAttribute("aria-invalid", "true"); else box.removeAttribute("aria-invalid");
  }
  if (event.target.id === "explain") event.target.focus();
});
