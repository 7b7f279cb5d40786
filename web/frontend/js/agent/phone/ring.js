// The bell: made here, no file. It sounds on a device of its own, so that a headset on the desk is heard.
import { output } from "../output.js";
import { route } from "./devices.js";

const TONE = { hertz: [425, 510], loud: 0.25, on: 1.2, every: 4 };
const CHIRP = { hertz: [660], loud: 0.25, on: 0.25 };

const out = output();
const bell = new Audio();
let place = null; // where tones go in; the bell gives them out
let now = null; // what sounds, or is about to

// At a click or key: the first one lets a page sound. Tells whether it may, when that changes.
export async function wake(tell) {
  if (out.allowed()) return;
  tell(false);
  bell.play().catch(() => {}); // Safari wants each element to have been played once by a click
  bell.pause();
  await out.allow();
  tell(true);
}

function tone(context, { hertz, loud, on }) {
  const start = context.currentTime + 0.02;
  const level = new GainNode(context, { gain: 0 });
  level.gain.linearRampToValueAtTime(loud, start + 0.05);
  level.gain.setValueAtTime(loud, start + on - 0.1);
  level.gain.linearRampToValueAtTime(0, start + on);
  level.connect(place);
  for (const frequency of hertz) {
    const wave = new OscillatorNode(context, { type: "sine", frequency });
    wave.connect(level);
    wave.start(start);
    wave.stop(start + on);
  }
  return level;
}

async function sounds(what) {
  hush();
  const mine = (now = { end: () => {} });
  const context = await out.take();
  await route(bell, "bell");
  if (now !== mine) return out.give(); // it was hushed before it began
  place = place || new MediaStreamAudioDestinationNode(context);
  bell.srcObject = place.stream;
  bell.play().catch(() => {});
  let last = tone(context, what);
  const again = () => (last = tone(context, what));
  const timer = what.every ? setInterval(again, what.every * 1000) : setTimeout(hush, what.on * 1000 + 100);
  mine.end = () => {
    clearInterval(timer); // of either kind
    last.disconnect(); // or the rest of it would sound when the next one begins
    bell.srcObject = null; // only paused it would go on
    out.give();
  };
}

export const ring = () => sounds(TONE);

// Once, shortly: a call that is taken by itself.
export const chirp = () => sounds(CHIRP);

export function hush() {
  if (now) now.end();
  now = null;
}
