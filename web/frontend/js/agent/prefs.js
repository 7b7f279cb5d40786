// What an agent likes, kept in this browser and nowhere else. Nothing of a call ever comes here.
const KEY = "idb-agent";

export function liked() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    return {}; // no storage, or not ours: then as it is for everybody
  }
}

export function like(changes) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...liked(), ...changes }));
  } catch {
    // a browser that keeps nothing: it holds until the page is left
  }
}
