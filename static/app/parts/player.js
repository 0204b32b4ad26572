// Playing a voice message: a button, its wave, on which one goes to a place, and how long it is. One plays at a time.

import "../state/chinese-late.js";
import { t } from "../state/language.js";
import { fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { icon, iconButton } from "./icons.js";
import { clockTime } from "./time.js";
import { waveOf } from "./wave.js";

const STEP = 1; // seconds

/** The one that plays. @type {HTMLAudioElement|null} */
let playing = null;

/**
 * The parts of a player.
 * @param {string} url @param {number} seconds how long it is as its sender says; 0 where that is not known
 */
export function player(url, seconds) {
  const audio = /** @type {HTMLAudioElement} */ (h("audio", { src: url, preload: "none" }));
  const place = /** @type {HTMLInputElement} */ (
    h("input", { type: "range", min: 0, max: seconds || 1, step: STEP, value: 0, "aria-label": t("Place") })
  );
  const wave = h("span", { class: "wave" }, place);
  const clock = h("small", {}, seconds > 0 && clockTime(seconds));
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
        if (error.name !== "AbortError") fill(clock, t("It cannot be played here."));
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
    const isLong = Number.isFinite(audio.duration);
    if (isLong) place.max = String(audio.duration);
    place.value = String(audio.currentTime);
    place.setAttribute("aria-valuetext", clockTime(audio.currentTime));
    const shown = audio.currentTime || (isLong ? audio.duration : seconds);
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
  waveOf(wave, url);
  draw();
  return [toggle, wave, clock, audio];
}
