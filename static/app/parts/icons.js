// The icons: strokes on a field of 24 by 24. They are ornaments; texts beside them say what they mean.

import { button, svg } from "./dom.js";

const STROKES = {
  chat: "M4 5h16v11H9l-5 4z",
  contract: "M7 3h8l4 4v14H7zM14 3v5h5M10 13h6M10 17h4",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  group:
    "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 20c0-4 3-6 6-6s6 2 6 6M16 5.5a3 3 0 0 1 0 5.5M17 14c3 .5 4 3 4 6",
  person: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-5 4-7 8-7s8 2 8 7",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
  desk: "M12 3a8 8 0 0 1 8 8v5M4 16v-5a8 8 0 0 1 8-8M4 13h3v6H4zM17 13h3v6h-3M20 19c0 2-3 2-6 2",
  friends:
    "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM16 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6z" +
    "M2 20c0-4 3-6 6-6 2 0 3 .7 4 2 1-1.3 2-2 4-2 3 0 6 2 6 6",
  video: "M3 7h12v10H3zM15 11l6-3v8l-6-3",
  turn: "M4 10a8 8 0 0 1 14-4l2 2M20 3v5h-5M20 14a8 8 0 0 1-14 4l-2-2M4 21v-5h5",
  enlarge: "M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5",
  send: "M4 12l16-8-5 16-3-7z",
  reply: "M10 6l-6 5 6 5v-3c5 0 8 1 10 5 0-6-4-9-10-9z",
  phrases: "M13 3L5 14h6l-1 7 8-11h-6z",
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  up: "M5 15l7-7 7 7",
  edit: "M4 20l1-5L16 4l4 4L9 19z",
  close: "M6 6l12 12M18 6L6 18",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  settings: "M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h7M15 17h5M13 15v4",
  attach: "M20 11l-8 8a5 5 0 0 1-7-7l8-8a3.5 3.5 0 0 1 5 5l-8 8a2 2 0 0 1-3-3l7-7",
  microphone: "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zM6 11v1a6 6 0 0 0 12 0v-1M12 18v3",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
  play: "M7 4l13 8-13 8z",
  pause: "M8 5v14M16 5v14",
  phone: "M5 4h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4c0 1-1 2-2 2A16 16 0 0 1 3 6c0-1 1-2 2-2z",
  letters: "M2 19L8 5l6 14M4.2 14h7.6M22 12v7M22 15.5a3 3.5 0 1 1-6 0 3 3.5 0 0 1 6 0z",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  leave: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  chart: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  table: "M4 5h16v14H4zM4 10h16M10 5v14",
  save: "M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6",
  plus: "M12 5v14M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
};

/** The address of the picture that stands for the service. */
export const LOGO = new URL("../../icon.svg", import.meta.url).href;

/** @param {keyof typeof STROKES} name */
export function icon(name) {
  const props = { viewBox: "0 0 24 24", class: "icon", "aria-hidden": true };
  return svg("svg", props, svg("path", { d: STROKES[name] }));
}

/** A button that only shows an icon; its label is read out, and shown where one points. */
export function iconButton(name, label, onclick, props = {}) {
  return button(icon(name), onclick, { class: "quiet", title: label, "aria-label": label, ...props });
}
