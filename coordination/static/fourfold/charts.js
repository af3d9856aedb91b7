/* Arrow keys in a chart: left and right walk the marks of a lane, up and down change the lane.
   Without this file nothing is lost: the table beside each chart holds the same. */

"use strict";

for (const chart of document.querySelectorAll("svg[data-marks]")) {
  const first = chart.querySelector(".chart-mark");
  if (first) first.setAttribute("tabindex", "0");
}

const lanesOf = (chart) => {
  const lanes = [...chart.querySelectorAll("[role='list']")].map((lane) => [...lane.querySelectorAll(".chart-mark")]);
  for (const lane of lanes) lane.sort((one, other) => one.getBoundingClientRect().x - other.getBoundingClientRect().x);
  return lanes.filter((lane) => lane.length > 0);
};

const nearest = (lane, x) =>
  lane.reduce((best, mark) =>
    Math.abs(mark.getBoundingClientRect().x - x) < Math.abs(best.getBoundingClientRect().x - x) ? mark : best);

function next(mark, key) {
  const lanes = lanesOf(mark.closest("svg"));
  const at = lanes.findIndex((lane) => lane.includes(mark));
  const lane = lanes[at];
  const place = lane.indexOf(mark);
  switch (key) {
    case "ArrowLeft": return lane[place - 1];
    case "ArrowRight": return lane[place + 1];
    case "ArrowUp": return lanes[at - 1] && nearest(lanes[at - 1], mark.getBoundingClientRect().x);
    case "ArrowDown": return lanes[at + 1] && nearest(lanes[at + 1], mark.getBoundingClientRect().x);
    case "Home": return lane[0];
    case "End": return lane.at(-1);
    default: return undefined;
  }
}

document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".chart-mark");
  if (!mark || event.shiftKey) return;
  const target = next(mark, event.key);
  if (!target) return;
  event.preventDefault();
  mark.setAttribute("tabindex", "-1");
  target.setAttribute("tabindex", "0");
  target.focus();
});
