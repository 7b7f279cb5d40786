// Short sounds, made here: no file, nothing to load.
import { output } from "./output.js";

const QUIET = 0.15;
const LATE_MS = 3000; // a headset without a wire may take most of it to wake
const SOUNDS = { // tones: hertz, and when each begins and how long it sounds, in seconds
  soft: { wave: "sine", tones: [[523, 0, 0.5]] },
  rising: { wave: "sine", tones: [[440, 0, 0.18], [659, 0.16, 0.35]] },
  knock: { wave: "triangle", tones: [[196, 0, 0.09], [196, 0.16, 0.09]] },
};

const out = output();

export function prepare() {
  for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => out.allow().catch(() => {}), { passive: true });
}

export async function sound(name) {
  const { wave, tones } = SOUNDS[name] || { tones: [] };
  if (tones.length === 0) return;
  const asked = performance.now();
  const context = await out.take();
  if (performance.now() - asked > LATE_MS) return out.give(); // it would be taken for another call
  for (const [hertz, begin, seconds] of tones) {
    const start = context.currentTime + begin;
    const tone = new OscillatorNode(context, { type: wave, frequency: hertz });
    const loud = new GainNode(context, { gain: 0 });
    loud.gain.linearRampToValueAtTime(QUIET, start + 0.01); // without these two it clicks
    loud.gain.exponentialRampToValueAtTime(0.001, start + seconds);
    tone.connect(loud).connect(context.destination);
    tone.start(start);
    tone.stop(start + seconds);
  }
  setTimeout(out.give, 1000 * Math.max(...tones.map(([, begin, seconds]) => begin + seconds)) + 100);
}
