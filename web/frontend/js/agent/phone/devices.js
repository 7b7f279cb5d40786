// Microphone, speaker and where it rings. The microphone is open only while somebody is, or is about to be, on the line.
import { like, liked } from "../prefs.js";

const CLEAN = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

let open = null; // a promise of the microphone's stream

// Raises what getUserMedia raises. A microphone that was chosen and is not there now gives way to any.
export function microphone() {
  if (!open) {
    open = ask().catch((error) => {
      open = null;
      throw error;
    });
  }
  return open;
}

async function ask() {
  const chosen = liked().microphone;
  const audio = chosen ? { ...CLEAN, deviceId: { ideal: chosen } } : CLEAN;
  return navigator.mediaDevices.getUserMedia({ audio, video: false });
}

export function close() {
  const closing = open;
  open = null;
  if (closing) closing.then((stream) => stream.getTracks().forEach((track) => track.stop())).catch(() => {});
}

// Sounds a stream on a chosen device, or on the usual one when that is gone.
export async function route(element, use) {
  if (!element.setSinkId) return;
  const chosen = liked()[use] || "";
  if (element.sinkId === chosen) return;
  await element.setSinkId(chosen).catch(() => {});
}

// Whether the microphone may be used without asking again.
export async function permitted() {
  try {
    return (await navigator.permissions.query({ name: "microphone" })).state === "granted";
  } catch {
    return false; // a browser that does not tell
  }
}

// Fills the three lists, again when something is plugged in or out. Names are known only once the microphone may be used.
export function lists(selects, changed) {
  async function fill() {
    const found = navigator.mediaDevices ? await navigator.mediaDevices.enumerateDevices() : [];
    for (const select of selects) {
      const kind = select.dataset.device === "microphone" ? "audioinput" : "audiooutput";
      const usual = select.options[0];
      const devices = found.filter((one) => one.kind === kind && one.label && !["default", "communications"].includes(one.deviceId));
      select.replaceChildren(usual, ...devices.map((one) => new Option(one.label, one.deviceId)));
      select.value = liked()[select.dataset.device] || "";
      if (select.selectedIndex < 0) select.value = "";
      select.disabled = devices.length === 0;
    }
  }
  for (const select of selects) {
    select.addEventListener("change", () => {
      like({ [select.dataset.device]: select.value });
      changed(select.dataset.device);
    });
  }
  if (navigator.mediaDevices) navigator.mediaDevices.addEventListener("devicechange", fill);
  fill();
  return fill;
}
