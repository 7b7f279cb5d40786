// Which call this tab has, so that the page gets it back after it was loaded again: the three identifiers of a SIP dialog.
// They say nothing of who calls, and are worth nothing without the telephone's own proof. In this tab only.
const KEY = "idb-phone-call";

export function save(call) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(call));
  } catch {
    // a browser that keeps nothing: then a reload ends the call, as it warned
  }
}

export function saved() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}
