// Keys: whatever on the page says aria-keyshortcuts is done, or gone to, by that key. Function keys only, alone or with
// Shift: no screen reader, no browser and no field that is typed in has another use for those on the page's list. Of
// several for one key the one that is there now is meant.
const PRESSED = "button, a[href], summary";

export function keys() {
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!/^F[0-9]+$/.test(event.key)) return;
    const key = event.shiftKey ? `Shift+${event.key}` : event.key;
    const target = [...document.querySelectorAll(`[aria-keyshortcuts="${key}"]`)].find((one) => one.checkVisibility ? one.checkVisibility() : one.offsetParent);
    if (!target) return;
    event.preventDefault();
    if (target.matches(PRESSED)) target.click();
    else target.focus();
  });
}
