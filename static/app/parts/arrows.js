// Leading the focus by the arrow keys from a box into the list below it, and from row to row.

/**
 * @param {HTMLInputElement} box Enter in it opens the first row, once one has typed
 * @param {HTMLElement} list
 */
export function leadByArrows(box, list) {
  const lead = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = step && !event.isComposing ? [box, ...list.querySelectorAll("a, button")] : [];
    const at = stops.indexOf(document.activeElement);
    if (at < 0 || !stops[at + step]) return;
    event.preventDefault();
    stops[at + step].focus();
  };
  const open = ({ key, isComposing }) => {
    if (key === "Enter" && !isComposing && box.value.trim()) list.querySelector(".line")?.click();
  };
  for (const element of [box, list]) element.addEventListener("keydown", lead);
  box.addEventListener("keydown", open);
}
