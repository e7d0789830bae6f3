// The training softphone: microphone frames out, Maya's frames in, in the framing of a telephone media stream.
// The server starts the call and keeps its token; this page knows the session cookie and the patient's id only.
"use strict";
(() => {
  const box = document.getElementById("softphone");
  if (!box) return;
  const part = (name) => box.querySelector(`[data-${name}]`);
  const startButton = part("start");
  const stopButton = part("stop");
  const REFUSED = 4403;
  const TELEPHONE_HZ = 8000;
  const LEAD_S = 0.06;
  let call = null;

  function say(name) {
    part("state").textContent = box.dataset[name];
  }

  // ITU-T G.711 mu-law to -1..1
  const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
    const value = ~byte & 0xff;
    const size = ((((value & 0x0f) << 3) + 132) << ((value >> 4) & 7)) - 132;
    return (value & 0x80 ? -size : size) / 32768;
  });

  // What Maya says, in order. A mark is answered when everything before it has been heard; a clear drops the rest.
  class Loudspeaker {
    constructor(context, heard) {
      this.context = context;
      this.heard = heard;
      this.until = 0;
      this.playing = new Set();
      this.marks = new Map();
    }

    play(payload) {
      const bytes = Uint8Array.from(atob(payload), (each) => each.charCodeAt(0));
      if (!bytes.length) return;
      const buffer = this.context.createBuffer(1, bytes.length, TELEPHONE_HZ);
      buffer.copyToChannel(Float32Array.from(bytes, (byte) => LINEAR[byte]), 0);
      const source = this.context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.context.destination);
      const at = Math.max(this.until, this.context.currentTime + LEAD_S);
      source.start(at);
      this.until = at + buffer.duration;
      this.playing.add(source);
      source.addEventListener("ended", () => this.playing.delete(source));
    }

    mark(name) {
      const wait = Math.max(0, this.until - this.context.currentTime) * 1000;
      const timer = window.setTimeout(() => {
        this.marks.delete(timer);
        this.heard(name);
      }, wait);
      this.marks.set(timer, name);
    }

    clear() {
      for (const source of this.playing) source.stop();
      this.playing.clear();
      this.until = 0;
      for (const [timer, name] of this.marks) {
        window.clearTimeout(timer);
        this.heard(name);
      }
      this.marks.clear();
    }
  }

  async function begin() {
    if (!navigator.mediaDevices || !window.AudioWorkletNode) {
      say("unsupported");
      return;
    }
    startButton.disabled = true;
    say("microphone");
    let microphone;
    try {
      // No suppression and no gain control: they would change the voice that is measured.
      const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: false };
      microphone = await navigator.mediaDevices.getUserMedia({ audio });
    } catch {
      say("silent");
      startButton.disabled = false;
      return;
    }
    say("connecting");
    const context = new AudioContext();
    await context.audioWorklet.addModule(box.dataset.worklet);
    const url = new URL(box.dataset.socket, window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    const tell = (event) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(event));
    };
    const speaker = new Loudspeaker(context, (name) => tell({ event: "mark", mark: { name } }));
    const telephone = new AudioWorkletNode(context, "telephone", { numberOfOutputs: 0 });
    context.createMediaStreamSource(microphone).connect(telephone);
    const began = Date.now();
    const clock = window.setInterval(() => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      part("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }, 500);
    call = { socket, microphone, context, clock, isLive: false };

    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ patient: document.getElementById("softphone-patient").value }));
      stopButton.disabled = false;
    });
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      if (message.event === "media") speaker.play(message.media.payload);
      else if (message.event === "mark") speaker.mark(message.mark.name);
      else if (message.event === "clear") speaker.clear();
      else if (message.event === "call") {
        call.isLive = true;
        say("live");
        const link = part("call");
        link.href = `/calls/${message.call}/`;
        link.hidden = false;
      }
    });
    socket.addEventListener("close", (event) => end(event.code === REFUSED ? "refused" : "over"));
    telephone.port.addEventListener("message", ({ data }) => {
      part("level").value = Math.sqrt(data.level);
      if (call && call.isLive) {
        tell({ event: "media", media: { track: "inbound", payload: btoa(String.fromCharCode(...data.frame)) } });
      }
    });
    telephone.port.start();
  }

  function end(why) {
    if (!call) return;
    const { socket, microphone, context, clock } = call;
    call = null;
    window.clearInterval(clock);
    for (const track of microphone.getTracks()) track.stop();
    socket.close();
    context.close();
    part("level").value = 0;
    stopButton.disabled = true;
    startButton.disabled = false;
    say(why);
  }

  startButton.addEventListener("click", begin);
  stopButton.addEventListener("click", () => end("over"));
  window.addEventListener("pagehide", () => end("over"));
})();
