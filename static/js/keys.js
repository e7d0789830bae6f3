// Keyboard triage. Anything that a key may press carries data-key; the open dialog is searched first, then the
// focused row, then the page. Single-letter keys can be switched off in the help overlay (WCAG 2.1.4).
"use strict";
(() => {
  const help = document.getElementById("keys");
  const isOn = () => window.localStorage.getItem("hv.keys") !== "off";
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const focusedRow = () => document.activeElement && document.activeElement.closest("[data-row]");

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(focusedRow());
    const next = at < 0 ? all[step > 0 ? 0 : all.length - 1] : all[Math.min(all.length - 1, Math.max(0, at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function unfold(summary) {
    summary.parentElement.open = true;
    const field = summary.parentElement.querySelector("select, textarea, input:not([type=hidden])");
    if (field) field.focus();
  }

  function press(key) {
    const dialog = document.querySelector("dialog[open]");
    const places = dialog ? [dialog] : [focusedRow(), document].filter(Boolean);
    for (const place of places) {
      const all = [...place.querySelectorAll("[data-key]")].filter((each) => each.dataset.key.split(" ").includes(key));
      const target = all.find((each) => !each.disabled && (place !== document || !each.closest("[data-row]")));
      if (!target) continue;
      if (target.matches("input[type=checkbox]")) target.click();
      else if (target.matches("input, select, textarea")) target.focus();
      else if (target.matches("summary")) unfold(target);
      else target.click();
      return true;
    }
    return !dialog && openForm(focusedRow(), key);
  }

  // Actions that need words (resolve, snooze, escalate): the alert opens in the drawer with the form unfolded.
  function openForm(row, key) {
    if (!row || !row.dataset.alert || !window.htmx) return false;
    const pairs = row.dataset.forms.trim().split(/\s+/).map((pair) => pair.split(":"));
    const form = pairs.find(([letter]) => letter === key);
    if (!form) return false;
    window.htmx.ajax("GET", `${row.dataset.alert}?action=${form[1]}`, { source: row, target: "#drawer-body" });
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    if (event.key === "?" && help) {
      event.preventDefault();
      if (help.open) help.close();
      else help.showModal();
      return;
    }
    if (!isOn()) return;
    const inDialog = document.querySelector("dialog[open]");
    if (!inDialog && (event.key === "j" || event.key === "k")) {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1);
      return;
    }
    const onRow = document.activeElement && document.activeElement.matches("[data-row]");
    if (event.key === "Enter" && !onRow) return;
    if ((event.key.length === 1 || event.key === "Enter") && press(event.key)) event.preventDefault();
  });

  if (help) {
    const toggle = help.querySelector("[data-keys-toggle]");
    const show = () => toggle.setAttribute("aria-pressed", String(isOn()));
    show();
    toggle.addEventListener("click", () => {
      window.localStorage.setItem("hv.keys", isOn() ? "off" : "on");
      show();
    });
    help.addEventListener("click", (event) => {
      if (event.target === help || event.target.closest("[data-close]")) help.close();
    });
    for (const button of document.querySelectorAll("[data-open-keys]")) {
      button.addEventListener("click", () => help.showModal());
    }
  }
})();
