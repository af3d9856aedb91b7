/* Another day for a planned infusion, chosen on the swimlane: drag its mark, or Shift with an arrow key and
   then Enter. Both open the page that shows what follows; nothing is saved here. Without this file the
   infusion's link in the strip above leads to the same page. */

"use strict";

const A_DAY = 24 * 60 * 60 * 1000;
const DAYS_OF_KEY = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

const hint = document.querySelector("[data-move-hint]");
const status = document.querySelector("[data-move-status]");
const shifted = new WeakMap(); // mark -> days away from where it is planned

const dayOf = (text) => Date.parse(`${text}T00:00:00Z`);
const isoOf = (moment) => new Date(moment).toISOString().slice(0, 10);
const wordsOf = (moment) =>
  new Date(moment)
    .toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })
    .replace(",", "");
const awayWords = (days) => `${Math.abs(days)} ${Math.abs(days) === 1 ? "day" : "days"} ${days > 0 ? "later" : "earlier"}`;

const targetOf = (mark) => dayOf(mark.dataset.on) + (shifted.get(mark) || 0) * A_DAY;

function shift(mark, days) {
  const { today, dayWidth } = mark.closest("svg").dataset;
  const earliest = Math.ceil((dayOf(today) - dayOf(mark.dataset.on)) / A_DAY);
  const allowed = Math.max(days, Math.min(earliest, 0));
  shifted.set(mark, allowed);
  mark.setAttribute("transform", `translate(${allowed * dayWidth} 0)`);
  mark.classList.toggle("is-dragged", allowed !== 0);
  status.textContent = allowed
    ? `${wordsOf(targetOf(mark))}, ${awayWords(allowed)}. Enter shows what follows, Escape puts it back.`
    : "";
}

function open(mark) {
  const to = isoOf(targetOf(mark));
  window.location.assign(shifted.get(mark) ? `${mark.dataset.move}?to=${to}` : mark.dataset.move);
}

document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".chart-mark[data-move]");
  if (!mark) return;
  const days = DAYS_OF_KEY[event.key];
  if (event.shiftKey && days) shift(mark, (shifted.get(mark) || 0) + days);
  else if (event.key === "Enter") open(mark);
  else if (event.key === "Escape") shift(mark, 0);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

document.addEventListener("pointerdown", (event) => {
  const mark = event.target.closest?.(".chart-mark[data-move]");
  if (!mark || event.button !== 0) return;
  event.preventDefault();
  const svg = mark.closest("svg");
  const unitsPerPixel = 1 / svg.getScreenCTM().a;
  const begun = event.clientX;
  const follow = (moved) => shift(mark, Math.round(((moved.clientX - begun) * unitsPerPixel) / svg.dataset.dayWidth));
  const end = (ended) => {
    mark.removeEventListener("pointermove", follow);
    mark.removeEventListener("pointerup", end);
    mark.removeEventListener("pointercancel", end);
    if (ended.type === "pointercancel") shift(mark, 0);
    else if (shifted.get(mark)) open(mark);
  };
  mark.setPointerCapture(event.pointerId);
  mark.addEventListener("pointermove", follow);
  mark.addEventListener("pointerup", end);
  mark.addEventListener("pointercancel", end);
});

if (hint) hint.hidden = false;
