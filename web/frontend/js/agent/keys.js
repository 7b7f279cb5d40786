// Keys: whatever on the page says aria-keyshortcuts is done, or gone to, by that key. Function keys only, without
// others: no screen reader, no browser and no field that is typed in has another use for those on the page's list.
const PRESSED = "button, a[href], summary";

export function keys() {
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (!/^F[0-9]+$/.test(event.key)) return;
    const target = document.querySelector(`[aria-keyshortcuts="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches(PRESSED)) target.click();
    else target.focus();
  });
}
