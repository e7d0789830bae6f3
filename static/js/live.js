// The dashboard socket. It receives {topic, ids} and nothing of a patient; each message becomes a DOM event
// named after its topic, which hx-trigger="alerts from:body" turns into an ordinary request.
// A lost push costs nothing: a socket that comes back fires "repair", and so does every minute without one.
"use strict";
(() => {
  const status = document.getElementById("live");
  if (!status || !("WebSocket" in window)) return;

  const label = status.querySelector(".live__label");
  const announce = document.getElementById("announce");
  const url = new URL(status.dataset.socket, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const FIRST_WAIT_MS = 1000;
  const LONGEST_WAIT_MS = 30000;
  const REPAIR_MS = 60000;
  const ID = /^[0-9a-f-]{36}$/;
  const TOPIC = /^[a-z_]{1,40}$/;
  let wait = FIRST_WAIT_MS;
  let wasOn = false;
  let leaving = false;

  function show(state) {
    if (status.dataset.state === state) return;
    status.dataset.state = state;
    label.textContent = status.dataset[state];
    if (wasOn && announce) announce.textContent = status.dataset[state];
  }

  function fire(name, detail) {
    document.body.dispatchEvent(new CustomEvent(name, { detail }));
  }

  function receive(event) {
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return;
    }
    if (!message || !TOPIC.test(message.topic)) return;
    const ids = message.ids || {};
    fire(message.topic, { ids });
    for (const [kind, id] of Object.entries(ids)) {
      if (TOPIC.test(kind) && ID.test(id)) fire(`${kind}-${id}`, {}); // for a page about one patient or one call
    }
  }

  function connect() {
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      wait = FIRST_WAIT_MS;
      show("on");
      if (wasOn) fire("repair", {});
      wasOn = true;
    });
    socket.addEventListener("message", receive);
    socket.addEventListener("close", (event) => {
      if (leaving) return;
      show("off");
      if (event.code === 4401) {
        window.location.reload(); // signed out elsewhere or expired: the server sends us to the log-in page
        return;
      }
      window.setTimeout(connect, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
  }

  window.setInterval(() => {
    if (status.dataset.state !== "on") fire("repair", {});
  }, REPAIR_MS);
  window.addEventListener("pagehide", () => { leaving = true; });
  connect();
})();
