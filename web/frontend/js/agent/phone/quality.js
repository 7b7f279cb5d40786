// How good the sound is, in a word, from what the browser counts. A word changes only after two of the same in a row:
// nothing is to jump. PURE but for what is given to it.

export const WORDS = ["good", "fair", "poor", "silent"];
export const SECONDS = 3; // between two looks

const FAIR = { lost: 0.02, delay: 0.25, jitter: 0.04 };
const POOR = { lost: 0.08, delay: 0.5, jitter: 0.1 };

// stats: what RTCPeerConnection.getStats gives. Counters are since the beginning of the call.
export function figures(stats) {
  const found = { received: 0, missed: 0, jitter: 0, lost: 0, delay: 0 };
  for (const one of stats.values()) {
    if (one.type === "inbound-rtp" && one.kind === "audio") {
      Object.assign(found, { received: one.packetsReceived, missed: one.packetsLost, jitter: one.jitter || 0 });
    }
    if (one.type === "remote-inbound-rtp") {
      Object.assign(found, { lost: one.fractionLost || 0, delay: one.roundTripTime || 0 });
    }
  }
  return found;
}

// What one stretch of time was like: from what was counted at its beginning and at its end.
export function judge(before, now) {
  const received = now.received - before.received;
  const missed = Math.max(0, now.missed - before.missed);
  if (received <= 0) return "silent";
  const lost = Math.max(missed / (received + missed), now.lost);
  const beyond = (bound) => lost > bound.lost || now.delay > bound.delay || now.jitter > bound.jitter;
  if (beyond(POOR)) return "poor";
  return beyond(FAIR) ? "fair" : "good";
}

// look: what gives the stats; tell(word): only when the word is another one. Answers what stops it.
export function watch(look, tell) {
  let before = null;
  let last = "";
  let told = "";
  const timer = setInterval(async () => {
    let now;
    try {
      now = figures(await look());
    } catch {
      return; // the connection is gone
    }
    const word = before ? judge(before, now) : "";
    before = now;
    if (word && word === last && word !== told) tell((told = word));
    last = word;
  }, SECONDS * 1000);
  return () => clearInterval(timer);
}
