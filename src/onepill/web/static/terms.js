// Findings about terms while they are being typed; without this they come with the answer.
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

async function ask(name, question) {
  const token = document.querySelector("input[name='csrf_token']");
  const headers = { "content-type": "application/json", ...(token ? { "x-csrf-token": token.value } : {}) };
  const answer = await fetch(`/api/${name}`, { method: "POST", headers, body: JSON.stringify(question) });
  return answer.ok ? answer.json() : null;
}

async function check() {
  const mine = ++asked;
  const boxes = [...document.querySelectorAll("textarea[data-terms]")].filter((box) => box.value.trim());
  const chosen = document.querySelector("select[name='programme'], input[data-programme]");
  if (!boxes.length || !chosen || !chosen.value) { told.replaceChildren(); return; }
  const shown = await ask("programmes/show", { id: chosen.value });
  if (!shown || mine !== asked) return;
  const deals = boxes.map((box, i) => ({ text: box.value, file: `terms-${i + 1}.yaml` }));
  const found = await ask("check", { text: shown.text, file: shown.file, deals });
  if (!found || mine !== asked) return;
  const rows = found.findings.filter((row) => (row.file || "").startsWith("terms-"));
  const list = document.createElement("ul");
  list.replaceChildren(...rows.map(line));
  told.replaceChildren(rows.length ? list : document.createTextNode(told.dataset.fine));
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("textarea[data-terms]")) return;
  clearTimeout(timer);
  timer = setTimeout(check, WAIT_MS);
});
