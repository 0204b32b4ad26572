// Playing a voice message: a button, its wave, on which one goes to a place, and how long it is. One plays at a time.
// Where the browser cannot play it, there is a link that saves it.

import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { icon, iconButton } from "./icons.js";
import { clockTime } from "./time.js";
import { waveOf } from "./wave.js";

const STEP = 1; // seconds

/** What a sound is, by the end of its name, where not every browser plays it. */
const TYPES = {
  webm: "audio/webm; codecs=opus",
  ogg: "audio/ogg; codecs=opus",
  opus: "audio/ogg; codecs=opus",
  m4a: "audio/mp4; codecs=mp4a.40.2",
  amr: "audio/amr",
  awb: "audio/amr-wb",
};

/** The one that plays. @type {HTMLAudioElement|null} */
let playing = null;

/**
 * The parts of a player.
 * @param {object} sound
 * @param {string} sound.url
 * @param {string} sound.name of its file
 * @param {number} sound.seconds how long it is as its sender says; 0 where that is not known
 */
export function player({ url, name, seconds }) {
  const audio = /** @type {HTMLAudioElement} */ (h("audio", { src: url, preload: "none" }));
  const saving = h("a", { href: url, download: name }, t("Save the voice message"));
  const refusal = () => [t("It cannot be played here."), " ", saving];
  if (!plays(audio, name)) return h("span", { class: "unplayable" }, refusal());
  let length = seconds; // until the sound itself tells
  const place = /** @type {HTMLInputElement} */ (
    h("input", { type: "range", min: 0, max: 1, step: STEP, value: 0, "aria-label": t("Place") })
  );
  const wave = h("span", { class: "wave" }, place);
  const clock = h("small", {});
  const toggle = iconButton("play", t("Play the voice message"), () =>
    audio.paused || audio.error ? play() : audio.pause(),
  );

  const play = () =>
    attempt(async () => {
      if (playing !== audio) playing?.pause();
      playing = audio;
      if (audio.error) audio.load(); // it may be there by now
      await audio.play().catch((error) => {
        // Whoever pauses before it has begun wants just that.
        if (error.name === "AbortError") return;
        clock.className = "unplayable";
        fill(clock, refusal());
      });
    });
  // The icon stays while one presses it.
  const drawButton = () => {
    const isWaiting = audio.paused || audio.error;
    const label = isWaiting ? t("Play the voice message") : t("Pause");
    fill(toggle, icon(isWaiting ? "play" : "pause"));
    toggle.title = label;
    toggle.setAttribute("aria-label", label);
  };
  const draw = () => {
    const { currentTime, duration } = audio;
    if (Number.isFinite(duration)) length = duration; // a recording may not know it until its end
    place.max = String(Math.max(length, currentTime) || 1);
    place.value = String(currentTime);
    place.setAttribute("aria-valuetext", clockTime(currentTime));
    const shown = currentTime || length;
    if (shown > 0) fill(clock, clockTime(shown));
  };
  for (const type of ["play", "pause", "error"]) audio.addEventListener(type, drawButton);
  for (const type of ["timeupdate", "durationchange"]) audio.addEventListener(type, draw);
  audio.addEventListener("ended", () => {
    audio.currentTime = 0;
    draw();
  });
  place.addEventListener("input", () => {
    audio.currentTime = Number(place.value);
    draw();
  });
  // What is on this device alone is not fetched.
  if (!url.startsWith("blob:"))
    waveOf(wave, url, (read) => {
      length ||= read;
      draw();
    });
  draw();
  return [toggle, wave, clock, audio];
}

/** Whether the browser plays a sound, as far as its name tells. @param {HTMLAudioElement} audio */
function plays(audio, name) {
  const type = TYPES[name.toLowerCase().split(".").pop()];
  return !type || audio.canPlayType(type) !== "";
}
