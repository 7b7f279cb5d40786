// The line to Asterisk: SIP and sound, by JsSIP. Tells what happened in the words of states.js; decides nothing.
//
// A call outlives what it stands on. When its websocket or its way for sound is lost, it is taken up anew by a call that
// takes its place in Asterisk (INVITE with Replaces, RFC 3891), as after the page was loaded again: half a second, and
// measured to work where an ICE restart did not. JsSIP by itself would hang up when sound or a re-INVITE fails.
import UA from "jssip/lib/UA.js";
import WebSocketInterface from "jssip/lib/WebSocketInterface.js";

import { forget, save } from "./saved.js";

const REGISTER_S = 300;
const GATHER_MS = 400; // for addresses that only a STUN server knows; those of this computer are there at once
const PROBE_MS = 20_000; // a network that swallows everything closes no websocket
const PATIENCE_MS = 4_000;
const HEAL_MS = 5_000; // that sound may be gone before the call is taken up anew
const QUEUE = "X-IDB-Queue"; // for which queue it rings: all that is told of a call before it is answered
const NO_SUCH_CALL = 481; // the other side has hung up meanwhile; all else may be better in a moment
const OFFER_MS = 100;
const REJOIN_MS = 1_000;
const REJOIN_TRIES = 40; // as long as Asterisk waits
const UNPROVEN = [401, 403, 500, 503]; // Asterisk does not know our proof (any more), or cannot ask

export function line({ url, user, realm, stun, back }, { proof, hear, tell }) {
  const servers = stun ? [{ urls: stun.split(" ") }] : [];
  const pcConfig = { iceServers: servers, bundlePolicy: "max-bundle" };
  let ua = null;
  let password = "";
  let call = null; // with the caller, or the test
  let second = null; // with the colleague who is asked
  let wait = 1000;
  let probing = 0;
  let opening = 0;
  let stopped = false;

  const address = (number) => `sip:${encodeURIComponent(number)}@${realm}`;

  async function start() {
    stopped = false;
    try {
      password = await proof();
    } catch (error) {
      return error.taken ? tell("taken") : later();
    }
    if (stopped) return;
    if (ua) {
      ua.set("password", password);
      ua.register();
      return;
    }
    ua = new UA({
      sockets: [new WebSocketInterface(url)],
      uri: `sip:${user}@${realm}`,
      authorization_user: user,
      password,
      register: true,
      register_expires: REGISTER_S,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
    });
    ua.on("connecting", () => {
      clearTimeout(opening);
      opening = setTimeout(again, PATIENCE_MS); // a browser itself waits for minutes
    });
    ua.on("connected", () => {
      clearTimeout(opening);
      tell("line", true);
      probe(PROBE_MS);
      [call, second].forEach(heal);
    });
    ua.on("disconnected", () => {
      clearTimeout(probing);
      tell("line", false);
      tell("lost");
    });
    ua.on("registered", () => {
      wait = 1000;
      tell("registered");
    });
    ua.on("unregistered", () => tell("lost"));
    ua.on("registrationFailed", ({ response }) => {
      tell("lost");
      if (response && UNPROVEN.includes(response.status_code)) later();
      else if (response) setTimeout(() => ua && !stopped && ua.register(), wait);
    });
    ua.on("newRTCSession", ({ originator, session, request }) => originator === "remote" && incoming(session, request));
    ua.start();
  }

  function later() {
    setTimeout(() => stopped || start(), wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, 30_000);
  }

  // Whether anything still comes back. Any answer will do, a refusal too; then it does what it was asked for.
  function probe(milliseconds, then = () => {}) {
    clearTimeout(probing);
    probing = setTimeout(() => {
      if (!ua || stopped || !ua.isConnected()) return;
      const late = setTimeout(again, PATIENCE_MS);
      const heard = () => {
        clearTimeout(late);
        probe(PROBE_MS);
        then();
      };
      ua.sendOptions(address(user), null, { eventHandlers: { succeeded: heard, failed: ({ originator }) => originator === "remote" && heard() } });
    }, milliseconds);
  }

  // A new websocket: the one that is there is believed no more.
  function again() {
    if (!ua || stopped) return;
    ua.transport.disconnect();
    ua.transport.connect();
  }

  function incoming(session, request) {
    if (call || stopped) return session.terminate({ status_code: 486 });
    call = session;
    follow(session);
    tell("rings", request.getHeader(QUEUE) || "");
  }

  function follow(session, failed = ended) {
    session.on("ended", () => ended(session));
    session.on("failed", ({ originator, message }) => failed(session, originator, message ? message.status_code : 0));
    session.on("icecandidate", ({ ready }) => setTimeout(ready, GATHER_MS));
    session.on("confirmed", () => {
      stands(session);
      tell(session === call ? "joined" : "answered");
    });
    if (session.connection) sound(session, session.connection);
    else session.on("peerconnection", ({ peerconnection }) => sound(session, peerconnection));
  }

  function stands(session) {
    keep(session);
    if (session === call) save(dialog(session));
  }

  function sound(session, connection) {
    let late = 0;
    connection.addEventListener("track", listen);
    connection.addEventListener("connectionstatechange", () => {
      const state = connection.connectionState;
      clearTimeout(late);
      if (state === "connected") tell("sound");
      if (state === "disconnected") {
        probe(0); // perhaps the websocket is lost as well, and does not know it yet
        late = setTimeout(() => probe(0, () => heal(session)), HEAL_MS);
      }
      if (state === "failed") probe(0, () => heal(session));
    });
  }

  // Only people end a call that stands: not JsSIP because sound or a re-INVITE failed. That the other side ended it comes
  // in another way.
  function keep(session) {
    const terminate = session.terminate.bind(session);
    session.terminate = (options = {}) => (options.cause ? tell("troubled") : terminate(options));
  }

  // Take the same call up by a new one. Only on a line that has just shown that it works: an INVITE whose answer is lost
  // would have taken the call from us, and left it with nobody.
  function heal(old) {
    if (!old || ![call, second].includes(old) || !old.isEstablished() || !ua || !ua.isConnected() || old.healing) return;
    old.healing = true;
    clearTimeout(probing); // or it might take the line away in the middle
    const fresh = dial(back, old.microphone, [replaces(dialog(old))]); // a microphone that is off is off in the copy
    fresh.on("icecandidate", ({ ready }) => setTimeout(ready, GATHER_MS));
    fresh.on("failed", ({ message }) => {
      old.healing = false;
      still(fresh);
      probe(PROBE_MS);
      if (message && message.status_code === NO_SUCH_CALL) ended(old);
      else setTimeout(() => probe(0, () => heal(old)), HEAL_MS);
    });
    fresh.on("confirmed", () => {
      const first = old === call;
      if (!first && old !== second) return fresh.terminate();
      if (first) call = fresh;
      else second = fresh;
      probe(PROBE_MS);
      follow(fresh);
      stands(fresh);
      end(old);
      still(old);
      listen();
      tell("healed");
    });
  }

  // JsSIP refuses an offer while another one is under way: then it is made after that, unless it is unwanted by now. Or
  // who is quick would read "talking" while the caller hears music; or "on hold" with an open microphone.
  function holds(session, on) {
    session.wanted = on;
    (function offer() {
      if (session.isEnded() || session.wanted !== on || session.isOnHold().local === on) return;
      if (!(on ? session.hold() : session.unhold())) setTimeout(offer, OFFER_MS);
    })();
  }

  // Whom the agent hears: the colleague who is asked, else the caller.
  function listen() {
    const now = second || call;
    if (now && now.connection) hear(new MediaStream(now.connection.getReceivers().map((one) => one.track)));
  }

  function still({ microphone }) {
    if (microphone) microphone.getTracks().forEach((track) => track.stop());
  }

  function ended(session) {
    still(session);
    if (session === second) {
      second = null;
      listen();
      return tell("ends");
    }
    if (session !== call) return;
    call = null;
    forget();
    if (second) end(second);
    tell("gone");
    if (!ua || !ua.isRegistered()) tell("lost");
  }

  function dialog({ _request, _dialog }) {
    const { call_id: id, local_tag: ours, remote_tag: theirs } = _dialog.id;
    return { id, ours, theirs };
  }

  function end(session) {
    if (session && !session.isEnded()) session.terminate();
  }

  const replaces = ({ id, ours, theirs }) => `Replaces: ${id};to-tag=${theirs};from-tag=${ours}`;

  // Each call has a copy of the microphone: to hold one must not silence the other.
  function dial(number, stream, extraHeaders = []) {
    const mediaStream = stream.clone();
    const session = ua.call(address(number), { mediaStream, pcConfig, extraHeaders, mediaConstraints: { audio: true, video: false } });
    session.microphone = mediaStream;
    return session;
  }

  return {
    start,
    again,
    stats: () => (second || call).connection.getStats(),
    answer(stream) {
      if (!call) return;
      call.microphone = stream.clone();
      call.answer({ mediaStream: call.microphone, pcConfig });
    },
    decline: () => call && call.terminate({ status_code: 486 }),
    hangup() {
      end(second);
      if (call && call.isEnded()) ended(call); // between two attempts to get it back
      else end(call);
    },
    mute: (on) => [call, second].forEach((one) => one && (on ? one.mute({ audio: true }) : one.unmute({ audio: true }))),
    hold: () => call && holds(call, true),
    unhold: () => call && holds(call, false),
    key: (tone) => (second || call).sendDTMF(tone, { transportType: "RFC2833", duration: 120, interToneGap: 70 }),
    send(number) {
      call.refer(address(number), handlers());
    },
    ask(number, mediaStream) {
      second = dial(number, mediaStream);
      follow(second);
    },
    back: () => end(second),
    connect() {
      call.refer(second.remote_identity.uri.toString(), { ...handlers(), replaces: second });
    },
    test(number, mediaStream) {
      call = dial(number, mediaStream);
      follow(call);
    },
    rejoin(saved, mediaStream, tries = REJOIN_TRIES) {
      call = dial(back, mediaStream, [replaces(saved)]);
      follow(call, (session, originator, status) => {
        if (session !== call || originator === "local" || status === NO_SUCH_CALL || !tries) return ended(session);
        still(session);
        setTimeout(() => session === call && this.rejoin(saved, mediaStream, tries - 1), REJOIN_MS);
      });
    },
    retire() {
      stopped = true;
      password = "";
      clearTimeout(probing);
      clearTimeout(opening);
      if (ua) ua.stop();
      ua = null;
    },
  };

  function handlers() {
    const sent = call;
    return {
      eventHandlers: {
        progress: () => end(sent), // it rings there: Asterisk has the caller, and our part is over
        accepted: () => end(sent),
        requestFailed: () => tell("fails"),
        failed: () => tell("fails"),
      },
    };
  }
}
