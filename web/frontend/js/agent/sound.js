// Short sounds, made here: no file, nothing to load. A browser lets a page sound only after its user did something in it.
const QUIET = 0.15;
const SOUNDS = { // tones: hertz, and when each begins and how long it sounds, in seconds
  soft: { wave: "sine", tones: [[523, 0, 0.5]] },
  rising: { wave: "sine", tones: [[440, 0, 0.18], [659, 0.16, 0.35]] },
  knock: { wave: "triangle", tones: [[196, 0, 0.09], [196, 0.16, 0.09]] },
};

let output = null;

function awake() {
  if (!output) output = new AudioContext();
  if (output.state === "suspended") output.resume().catch(() => {}); // not yet: at the next press of anything
}

export function prepare() {
  for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, awake, { passive: true });
}

export function sound(name) {
  const { wave, tones } = SOUNDS[name] || { tones: [] };
  if (tones.length > 0) awake();
  for (const [hertz, begin, seconds] of tones) {
    const start = output.currentTime + begin;
    const tone = new OscillatorNode(output, { type: wave, frequency: hertz });
    const loud = new GainNode(output, { gain: 0 });
    loud.gain.linearRampToValueAtTime(QUIET, start + 0.01); // without these two it clicks
    loud.gain.exponentialRampToValueAtTime(0.001, start + seconds);
    tone.connect(loud).connect(output.destination);
    tone.start(start);
    tone.stop(start + seconds);
  }
}
