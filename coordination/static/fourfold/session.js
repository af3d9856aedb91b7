/* The end of a session that nobody uses: a warning two minutes before, what was typed handed to the server, and
   the page closed on time. Typing and clicking count as being there. Without this file the server ends the
   session all the same, and keeps a form that is sent too late. */

"use strict";

const WARNING_MS = 2 * 60 * 1000;
const TELL_EVERY_MS = 60 * 1000;
const NEVER_KEPT = "input[type=password], input[type=file], input[type=hidden], [autocomplete=one-time-code]";

const box = document.querySelector("[data-idle]");

if (box) {
  const limit = Number(box.dataset.seconds) * 1000;
  const left = box.querySelector("[data-left]");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("fourfold-session") : null;
  let seen = Date.now();
  let told = Date.now();
  let lastTyped = null;
  let kept = "";
  let ended = false;

  const post = (address, body) =>
    fetch(address, {
      method: "POST",
      body,
      headers: JSON.parse(document.body.getAttribute("hx-headers")),
      redirect: "manual",
      keepalive: true,
    });

  const typedOf = (form) => {
    const data = new URLSearchParams();
    for (const field of form.elements) {
      if (!field.name || field.disabled || field.matches(NEVER_KEPT)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) data.append(field.name, field.value);
      } else if (field.type === "select-multiple") {
        for (const option of field.selectedOptions) data.append(field.name, option.value);
      } else if (field.tagName !== "BUTTON") data.append(field.name, field.value);
    }
    return data;
  };

  const typed = () => {
    const data = lastTyped && lastTyped.isConnected ? typedOf(lastTyped) : new URLSearchParams();
    if (data.size) data.append("kept-page", window.location.pathname + window.location.search);
    return data;
  };

  const away = () => window.location.assign(
    `${box.dataset.signIn}?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);

  const keep = () => {
    const data = typed();
    if (!data.size || data.toString() === kept) return;
    kept = data.toString();
    post(box.dataset.keep, data).catch(() => { kept = ""; });
  };

  const end = () => {
    if (ended) return;
    ended = true;
    others?.postMessage("end");
    post(box.dataset.end, typed()).catch(() => undefined).finally(away);
  };

  const stay = () => {
    seen = told = Date.now();
    box.hidden = true;
    others?.postMessage("here");
    post(box.dataset.stay, new URLSearchParams())
      .then((answer) => { if (answer.type === "opaqueredirect") away(); })
      .catch(() => undefined);
  };

  const here = () => {
    if (!box.hidden) return; // only the button answers the question
    seen = Date.now();
    if (seen - told > TELL_EVERY_MS) stay();
  };

  others?.addEventListener("message", (event) => {
    if (event.data === "here") {
      seen = told = Date.now();
      box.hidden = true;
    } else if (event.data === "end" && !ended) {
      ended = true;
      keep();
      away();
    }
  });
  others?.postMessage("here");

  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, here, { passive: true });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post") lastTyped = form;
  });
  box.querySelector("[data-stay-button]").addEventListener("click", stay);

  setInterval(() => {
    const remaining = limit - (Date.now() - seen);
    if (remaining <= 0) {
      end();
      return;
    }
    if (remaining > WARNING_MS) return;
    keep();
    const minutes = Math.ceil(remaining / 60000);
    const words = remaining > 60000 ? `${minutes} minutes` : "less than a minute";
    if (left.textContent !== words) left.textContent = words;
    if (box.hidden) {
      box.hidden = false;
      box.querySelector("[data-stay-button]").focus();
    }
  }, 1000);
}
