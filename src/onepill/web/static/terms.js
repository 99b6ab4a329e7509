// Findings about a terms file while it is being typed; without this they come with the answer.
"use strict";

const WAIT_MS = 400;
const told = document.getElementById("terms-told");
let timer = 0;
let asked = 0;

function line(finding) {
  const item = document.createElement("li");
  item.className = finding.severity;
  const place = finding.line ? ` ${finding.file}:${finding.line}` : "";
  item.textContent = `${finding.message}.${place} ${finding.hint || ""}`;
  return item;
}

async function programme() {
  const id = document.querySelector("select[name='programme']").value;
  const answer = await fetch("/api/programmes/show", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ id }) });
  return answer.json();
}

async function check() {
  const mine = ++asked;
  const texts = [...document.querySelectorAll("textarea[data-terms]")].map((box) => box.value).filter((text) => text.trim());
  if (!texts.length) { told.replaceChildren(); return; }
  const shown = await programme();
  const deals = texts.map((text, i) => ({ text, file: `terms-${i + 1}.yaml` }));
  const body = JSON.stringify({ text: shown.text, file: shown.file, deals });
  const answer = await fetch("/api/check", { method: "POST", headers: { "content-type": "application/json" }, body });
  const found = await answer.json();
  if (mine !== asked) return;
  const rows = (found.findings || []).filter((row) => (row.file || "").startsWith("terms-"));
  const list = document.createElement("ul");
  list.replaceChildren(...rows.map(line));
  told.replaceChildren(rows.length ? list : document.createTextNode(told.dataset.fine));
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("textarea[data-terms]")) return;
  clearTimeout(timer);
  timer = setTimeout(check, WAIT_MS);
});
