// Lists that are drawn again and again.

/**
 * Makes a list hold the wanted rows, and touches only those whose version has changed.
 * @param {HTMLElement} list
 * @param {{key: string, version: string, make: () => HTMLElement}[]} wanted
 */
export function reconcile(list, wanted) {
  const present = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const { key, version, make } of wanted) {
    let element = present.get(key);
    if (element?.dataset.version !== version) {
      const made = make();
      Object.assign(made.dataset, { key, version });
      made.classList.toggle("still", Boolean(element)); // what was there does not appear anew
      if (element === place) place = element?.nextElementSibling ?? null;
      element?.remove();
      element = made;
    }
    present.delete(key);
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  present.forEach((element) => element.remove());
}
