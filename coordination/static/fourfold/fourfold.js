/* What the pages can do with JavaScript on top of what they do without it:
   keys in lists, one open menu at a time, a named theme, a form sent once. No page needs this file. */

"use strict";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

/* Keys -------------------------------------------------------------------------------------------------
   Rows: <tr data-row> holds <a data-open> and any act marked data-key="d".
   Anywhere else: data-key on a link or button of the page, such as "/" on the search field. */

const rows = () => [...document.querySelectorAll("[data-row]")];
const currentRow = () => document.querySelector("[data-row].is-current");

function moveTo(row) {
  currentRow()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.scrollIntoView({ block: "nearest" });
  (row.querySelector("[data-open]") ?? row.querySelector("a, button"))?.focus({ preventScroll: true });
}

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(currentRow());
  moveTo(all[at === -1 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

function act(key) {
  const inRow = currentRow()?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const target = inRow ?? document.querySelector(`[data-key="${CSS.escape(key)}"]:not([data-row] *)`);
  if (!target) return false;
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
  return true;
}

/* Enter on the box of a line opens the line; a box has no other use for it. */
const boxOfRow = (target) => target.matches("[data-row] input[type='checkbox']");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inBox = boxOfRow(event.target);
  if (typing(event.target) && !inBox) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "Enter") {
    if (!inBox) return;
    currentRow()?.querySelector("[data-open]")?.click();
  }
  else if (event.key.length !== 1 || event.key === " " || !act(event.key)) return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && row !== currentRow()) {
    currentRow()?.classList.remove("is-current");
    row.classList.add("is-current");
  }
});

/* Menus: one open at a time ---------------------------------------------------------------------------- */

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/* "All of these" boxes: <input type="checkbox" data-all="patient"> ticks every box of that name --------- */

document.addEventListener("change", (event) => {
  const name = event.target.dataset?.all;
  if (name === undefined) return;
  for (const box of document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`)) {
    box.checked = event.target.checked;
  }
});

/* A form is sent once: a second click within a few seconds waits for the answer. ----------------------- */

const SENT_FOR_MS = 4000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, SENT_FOR_MS);
});

/* Print buttons, and fields that show the rest of the list as soon as they change ----------------------- */

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-change]")?.requestSubmit();
});
