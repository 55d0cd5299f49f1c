// It only helps: every page works without it.
(() => {
  "use strict";

  const summary = document.getElementById("summary");
  if (summary) summary.focus();

  // "No, nothing to report": the page hands its form in by itself, once, when somebody sees it.
  const once = document.querySelector("form[data-once]");
  if (once) {
    const send = () => {
      if (document.visibilityState !== "visible" || once.dataset.sent) return;
      once.dataset.sent = "yes";
      once.requestSubmit();
    };
    document.addEventListener("visibilitychange", send);
    send();
  }

  // A questionnaire keeps itself after each answer.
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const state = document.getElementById("state");
  let timer = 0, busy = false, again = false, leaving = false;
  const tell = (words) => { if (state.textContent !== words) state.textContent = words; };
  const keep = async () => {
    if (leaving) return;
    if (busy) { again = true; return; }
    busy = true;
    try {
      const fields = new URLSearchParams(new FormData(form));
      fields.set("action", "keep");
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields, redirect: "error" });
      if (answer.status === 409) tell(form.dataset.closed);
      else if (!answer.ok) tell(form.dataset.lost);
      else tell((await answer.json()).kept ? form.dataset.kept : "");
    } catch { tell(form.dataset.lost); }
    busy = false;
    if (again) { again = false; soon(); }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(keep, 1200); };
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
})();
