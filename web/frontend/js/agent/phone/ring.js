// The bell: made here, no file. It sounds on a device of its own, so that a headset on the desk is heard.
import { route } from "./devices.js";

const TONE = { hertz: [425, 510], loud: 0.25, on: 1.2, every: 4 };
const CHIRP = { hertz: [660], loud: 0.25, on: 0.25 };

let output = null;
let bell = null;
let timer = 0;

// The first click or key lets a page sound. Answers whether it may.
export function wake() {
  if (!output) {
    output = new AudioContext();
    const place = new MediaStreamAudioDestinationNode(output);
    bell = new Audio();
    bell.srcObject = place.stream;
    output.place = place;
  }
  if (output.state === "suspended") output.resume().catch(() => {});
  bell.play().catch(() => {});
  return output.state === "running";
}

function tone({ hertz, loud, on }) {
  const start = output.currentTime + 0.02;
  const level = new GainNode(output, { gain: 0 });
  level.gain.linearRampToValueAtTime(loud, start + 0.05);
  level.gain.setValueAtTime(loud, start + on - 0.1);
  level.gain.linearRampToValueAtTime(0, start + on);
  level.connect(output.place);
  for (const frequency of hertz) {
    const wave = new OscillatorNode(output, { type: "sine", frequency });
    wave.connect(level);
    wave.start(start);
    wave.stop(start + on);
  }
}

export async function ring() {
  hush();
  wake();
  await route(bell, "bell");
  tone(TONE);
  timer = setInterval(() => tone(TONE), TONE.every * 1000);
}

// Once, shortly: a call that is taken by itself.
export async function chirp() {
  hush();
  wake();
  await route(bell, "bell");
  tone(CHIRP);
}

export function hush() {
  clearInterval(timer);
  timer = 0;
}
