// Microphone to telephone: whatever rate the sound card has becomes 8 kHz mu-law in frames of 20 ms (160 bytes).
// Runs on the audio thread. A windowed-sinc low-pass at 3.6 kHz keeps what 8 kHz cannot carry from folding back.
"use strict";

const TELEPHONE_HZ = 8000;
const FRAME = 160;
const CUTOFF_HZ = 3600;
const HALF_TAPS_MS = 2;
const CLIP = 32635;
const BIAS = 132;

function muLaw(sample) {
  // ITU-T G.711: sign, 3 bits of exponent, 4 bits of mantissa, all inverted.
  let value = Math.max(-CLIP, Math.min(CLIP, Math.round(sample * 32767)));
  const sign = value < 0 ? 0x80 : 0;
  value = Math.abs(value) + BIAS;
  let exponent = 7;
  for (let mask = 0x4000; exponent > 0 && !(value & mask); exponent -= 1) mask >>= 1;
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}

class Telephone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / TELEPHONE_HZ;
    this.half = Math.ceil((sampleRate * HALF_TAPS_MS) / 1000);
    this.past = new Float32Array(2 * this.half + 1024);
    this.filled = 0;
    this.at = this.half;
    this.frame = new Uint8Array(FRAME);
    this.place = 0;
    this.loudest = 0;
  }

  lowPassed(centre) {
    const width = (2 * CUTOFF_HZ) / sampleRate;
    const first = Math.ceil(centre - this.half);
    const last = Math.floor(centre + this.half);
    let sum = 0;
    for (let index = first; index <= last; index += 1) {
      const x = index - centre;
      const sinc = x === 0 ? width : Math.sin(Math.PI * width * x) / (Math.PI * x);
      sum += this.past[index] * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / this.half));
    }
    return sum;
  }

  process(inputs) {
    const input = inputs[0][0];
    if (!input) return true;
    this.past.set(input, this.filled);
    this.filled += input.length;
    while (this.at + this.half < this.filled) {
      const sample = this.lowPassed(this.at);
      this.loudest = Math.max(this.loudest, Math.abs(sample));
      this.frame[this.place] = muLaw(sample);
      this.place += 1;
      if (this.place === FRAME) {
        this.port.postMessage({ frame: this.frame.slice(), level: this.loudest });
        this.place = 0;
        this.loudest = 0;
      }
      this.at += this.step;
    }
    const done = Math.floor(this.at) - this.half;
    if (done > 0) {
      this.past.copyWithin(0, done, this.filled);
      this.filled -= done;
      this.at -= done;
    }
    return true;
  }
}

registerProcessor("telephone", Telephone);
