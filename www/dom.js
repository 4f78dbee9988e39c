// @ts-check
// Finds and builds parts of the page.

/**
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 */
export const at = (id) => /** @type {E} */ (document.getElementById(id));

/** @param {string} id */
export const inputAt = (id) => /** @type {HTMLInputElement} */ (at(id));

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(string | Node)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * @param {HTMLElement} place
 * @param {boolean} isShown
 */
export function show(place, isShown) {
  place.hidden = !isShown;
}

/**
 * Writes a text into its place, or hides the place if the text is empty.
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  const place = at(id);
  // A screen reader repeats a live region even if the same text is set again.
  if (place.textContent !== text) place.textContent = text;
  show(place, text !== "");
}
