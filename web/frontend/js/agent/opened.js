// Names this window, so that the server knows which of an agent's windows asks. Drawn anew by each page that is loaded:
// a tab that was duplicated, or that the browser brought back, is another one.
const bytes = crypto.getRandomValues(new Uint8Array(16));
export const opened = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
