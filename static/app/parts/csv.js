// Tables as files for programs that calculate, and files that the browser saves.

import { h } from "./dom.js";

/** A program would take a cell that begins so for something to calculate; some take signs of full width as well. */
const CALCULATED = /^[=+\-@＝＋－＠\t\r\n]/;

/**
 * A table as CSV. It begins with the mark by which Excel knows UTF-8.
 * @param {(string|number|null|undefined)[][]} rows the heading among them
 */
export function csv(rows) {
  const cell = (value) => {
    const text = String(value ?? "");
    const guarded = typeof value !== "number" && CALCULATED.test(text) ? `'${text}` : text;
    return /[",;\t\r\n']/.test(guarded) ? `"${guarded.replace(/"/g, '""')}"` : guarded;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Has the browser save a text as a file. @param {string} name @param {string} text @param {string} type */
export function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Has the browser save a table. @param {string} name without its ending */
export function saveTable(name, rows) {
  save(`${name}.csv`, csv(rows), "text/csv;charset=utf-8");
}
