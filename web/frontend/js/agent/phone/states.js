// What the telephone can be, what can be done in each, and what leads where: the whole of it, as two literal tables.
// Knows no SIP, no page and no sound.

// Which buttons are there. Whatever is not listed is not.
export const ACTIONS = {
  off: ["start"],
  starting: [],
  refused: ["start"], // no microphone: the words say what to do
  away: [], // no line to Asterisk; it comes back by itself
  ready: ["test"],
  ringing: ["answer", "decline"],
  joining: ["hangup"],
  talking: ["mute", "hold", "keypad", "transfer", "hangup"],
  held: ["unhold", "transfer", "hangup"],
  choosing: ["send", "ask", "stay", "hangup"], // whom to; the caller hears music
  asking: ["back"], // a colleague's phone rings; the caller hears music, and is not hung up by mistake
  consulting: ["connect", "mute", "back"],
  sending: ["hangup"],
  testing: ["hangup"],
  retired: [], // the agent works in another window
};

// state: { event: next state }. An event that is not listed changes nothing: it comes late.
export const MOVES = {
  off: { begin: "starting", retire: "retired" },
  starting: { registered: "ready", microphone: "refused", lost: "away", found: "joining", rings: "ringing", retire: "retired" },
  refused: { begin: "starting", retire: "retired" },
  away: { registered: "ready", found: "joining", rings: "ringing", retire: "retired" },
  ready: { rings: "ringing", tests: "testing", found: "joining", lost: "away", microphone: "refused", retire: "retired" },
  ringing: { answers: "joining", gone: "ready", microphone: "refused", retire: "retired" },
  joining: { joined: "talking", gone: "ready", microphone: "refused" },
  talking: { holds: "held", chooses: "choosing", gone: "ready" },
  held: { takes: "talking", chooses: "choosing", gone: "ready" },
  choosing: { takes: "talking", sends: "sending", asks: "asking", gone: "ready" },
  asking: { answered: "consulting", takes: "talking", ends: "talking", gone: "ready" },
  consulting: { sends: "sending", takes: "talking", ends: "talking", gone: "ready" },
  sending: { fails: "talking", gone: "ready" },
  testing: { gone: "ready" },
  retired: { begin: "starting" },
};

// In these somebody is on the line, so the page must not go, nor the telephone to another page, without being asked.
export const ON_A_CALL = ["joining", "talking", "held", "choosing", "asking", "consulting", "sending"];

export function next(state, event) {
  return MOVES[state][event] || state;
}
