// Small helps around server-rendered pages. Every page works without this file; it adds the drawer, ticking
// deadlines, toasts, the theme switch without a reload, and the critical-alert sound.
"use strict";
(() => {
  const root = document.documentElement;
  const body = document.body;

  // --- toasts: errors are said in one calm sentence, for eyes and for screen readers
  const toasts = document.getElementById("toasts");
  function toast(text, kind, undo) {
    const shape = document.getElementById("toast-shape");
    if (!toasts || !shape || !text) return;
    const said = [...toasts.querySelectorAll(".toast--bad .toast__text")].some((each) => each.textContent === text);
    if (kind === "bad" && said) return; // once is enough: a fault that lasts must not bury the page
    const box = shape.content.firstElementChild.cloneNode(true);
    box.querySelector("p").textContent = text;
    if (kind) box.classList.add(`toast--${kind}`);
    box.querySelector("[data-dismiss]").addEventListener("click", () => box.remove());
    const back = box.querySelector("[data-undo]");
    if (undo) {
      back.hidden = false;
      back.textContent = undo.label;
      back.addEventListener("click", () => {
        box.remove();
        window.htmx.ajax("POST", undo.url, { source: body, target: "#announce", swap: "none", values: undo.fields || {} });
      });
      document.querySelectorAll("[data-undo][data-key]").forEach((each) => { if (each !== back) delete each.dataset.key; });
    } else {
      back.remove();
    }
    toasts.append(box);
    if (kind !== "bad") window.setTimeout(() => box.remove(), undo ? 15000 : 8000);
  }
  body.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind, event.detail.undo));
  const isAutomatic = (detail) => Boolean(detail.requestConfig && detail.requestConfig.headers["X-Automatic"]);
  let stale = false;
  function old() {
    if (!stale) toast(toasts.dataset.offline, "bad");
    stale = true;
  }
  function failed(detail) {
    const xhr = detail.xhr;
    if ((xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"')) return; // the answer says it itself
    if (xhr.status === 401) return; // the browser is on its way to the log-in page
    if (isAutomatic(detail)) {
      old(); // nobody asked for it: not an error for anybody to act on, but what is shown is no longer sure
      return;
    }
    const id = xhr.getResponseHeader("X-Request-Id");
    const words = xhr.status === 403 ? toasts.dataset.denied : toasts.dataset.error;
    toast(words + (id ? ` (${id})` : ""), "bad");
  }
  body.addEventListener("htmx:responseError", (event) => failed(event.detail));
  body.addEventListener("htmx:sendError", old);
  body.addEventListener("htmx:timeout", old);
  body.addEventListener("htmx:afterOnLoad", () => { stale = false; });
  // What became of a button that a live update has replaced since it was pressed: htmx tells it to the button, which
  // is no part of the page any more, so that nobody would hear of it.
  body.addEventListener("htmx:beforeSend", (event) => {
    const { elt, xhr } = event.detail;
    xhr.addEventListener("readystatechange", () => {
      if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected || isAutomatic(event.detail)) return;
      const told = xhr.getResponseHeader("HX-Trigger");
      if (told) Object.entries(JSON.parse(told)).forEach(([name, detail]) => window.htmx.trigger(body, name, detail));
      if (xhr.status === 0) old();
      else if (xhr.status >= 400) failed(event.detail);
    });
  });

  // --- the drawer: hx-target="#drawer-body" fills it, and then it opens; closing gives the focus back
  const drawer = document.getElementById("drawer");
  let opener = null;
  function closeDrawer() {
    if (drawer && drawer.open) drawer.close();
  }
  if (drawer) {
    body.addEventListener("htmx:beforeRequest", (event) => {
      if (event.detail.target && event.detail.target.id === "drawer-body" && !drawer.open) {
        opener = event.detail.elt.closest("[data-row]") || event.detail.elt;
      }
    });
    body.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target.id !== "drawer-body") return;
      if (!drawer.open) drawer.showModal();
      const asked = drawer.querySelector("details[open] select, details[open] textarea");
      (asked || drawer.querySelector("[data-focus]") || drawer.querySelector("[data-close]")).focus();
    });
    drawer.addEventListener("close", () => {
      const back = opener && document.getElementById(opener.id);
      document.getElementById("drawer-body").replaceChildren();
      if (back) back.focus();
    });
    drawer.addEventListener("click", (event) => {
      if (event.target === drawer || event.target.closest("[data-close]")) closeDrawer();
    });
    body.addEventListener("drawer:close", closeDrawer);
  }

  // --- menus close on Escape and on a click elsewhere
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    const hits = document.getElementById("search-hits");
    if (hits) hits.replaceChildren();
  });

  // --- theme: at once here, remembered by the server's cookie
  for (const form of document.querySelectorAll("form[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const theme = event.submitter.value;
      root.dataset.theme = theme;
      for (const button of form.querySelectorAll("button[name=theme]")) {
        button.setAttribute("aria-pressed", String(button.value === theme));
      }
      const data = new FormData(form, event.submitter);
      fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" });
    });
  }

  // --- printing needs a script; without one the browser's own menu prints the same page
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // --- deadlines tick between refreshes; the words come from the server in the page's language
  const words = document.getElementById("due-words");
  function tick(scope) {
    if (!words) return;
    const now = Date.now();
    for (const due of scope.querySelectorAll("time[data-due]")) {
      const minutes = Math.trunc((Date.parse(due.dateTime) - now) / 60000);
      const late = Date.parse(due.dateTime) < now;
      const n = Math.abs(minutes);
      const key = (late ? "late" : "left") + (n < 90 ? "Minutes" : n < 48 * 60 ? "Hours" : "Days");
      const shown = n < 90 ? n : n < 48 * 60 ? Math.round(n / 60) : Math.round(n / 1440);
      const text = words.dataset[key].replace("{n}", String(shown));
      if (due.textContent.trim() !== text) due.textContent = text;
      due.classList.toggle("due--late", late);
      due.classList.toggle("due--soon", !late && n < Number(due.dataset.due));
    }
  }
  window.setInterval(() => tick(document), 15000);
  body.addEventListener("htmx:afterSwap", (event) => tick(event.detail.target));

  // --- how long a call has been running
  window.setInterval(() => {
    for (const each of document.querySelectorAll("time[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(each.dateTime)) / 1000));
      each.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  }, 1000);

  // --- a live refresh closes nothing that somebody has opened and unticks nothing
  // What a page asks for by itself is marked, on its own element only: it does not keep a session alive.
  body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.hasAttribute("data-automatic")) event.detail.headers["X-Automatic"] = "1";
  });
  let opened = [];
  body.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (!isAutomatic(event.detail)) return;
    opened = [...target.querySelectorAll("details[id][open], input[id]:checked")].map((each) => each.id);
  });
  body.addEventListener("htmx:afterSwap", (event) => {
    for (const id of opened) {
      const again = document.getElementById(id);
      if (!again || !event.detail.target.contains(again)) continue;
      if (again.matches("input")) again.checked = true;
      else again.open = true;
    }
    opened = [];
  });

  // --- the worklist: mark what is new, say it, and sound for a new critical alert
  const listId = "worklist";
  let known = new Set();
  const announce = document.getElementById("announce");
  function rows() {
    const list = document.getElementById(listId);
    return list ? [...list.querySelectorAll("[data-row]")] : [];
  }
  known = new Set(rows().map((row) => row.id));
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== listId) return;
    const now = rows();
    const fresh = now.filter((row) => !known.has(row.id));
    known = new Set([...known, ...now.map((row) => row.id)]);
    for (const row of fresh) row.classList.add("is-new");
    if (fresh.length && announce) announce.textContent = fresh.map((row) => row.dataset.announce).join(". ");
    if (fresh.some((row) => row.dataset.severity === "critical")) alarm(false);
  });

  // --- the banner: a new page to this person sounds like a new critical alert
  let paged = 0;
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "banner") return;
    const told = event.detail.target.querySelector("[data-paged]");
    const count = told ? Number(told.dataset.paged) : 0;
    if (told && "critical" in told.dataset && count > paged) alarm(false);
    paged = count;
  });

  // --- sound and browser notification; both off until the nurse switches them on, both testable
  const alarmForm = document.querySelector("[data-alarm]");
  const wanted = () => window.localStorage.getItem("hv.alarm") === "on";
  function beep() {
    const context = new AudioContext();
    const gain = context.createGain();
    gain.gain.value = 0.12;
    gain.connect(context.destination);
    for (const [at, hertz] of [[0, 880], [0.22, 660], [0.44, 880]]) {
      const tone = context.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(gain);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + at + 0.16);
    }
    window.setTimeout(() => context.close(), 1500);
  }
  function alarm(isTest) {
    if (!alarmForm || (!wanted() && !isTest)) return;
    beep();
    if ("Notification" in window && Notification.permission === "granted") {
      new Notification(alarmForm.dataset.title, { body: alarmForm.dataset.body, tag: "critical" }); // no names here
    }
  }
  if (alarmForm) {
    const toggle = alarmForm.querySelector("[data-alarm-toggle]");
    const show = () => toggle.setAttribute("aria-pressed", String(wanted()));
    show();
    toggle.addEventListener("click", () => {
      window.localStorage.setItem("hv.alarm", wanted() ? "off" : "on");
      if (wanted() && "Notification" in window) Notification.requestPermission();
      show();
    });
    alarmForm.querySelector("[data-alarm-test]").addEventListener("click", () => alarm(true));
  }
})();
