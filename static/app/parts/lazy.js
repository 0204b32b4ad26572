// Code that is loaded when it is first needed.

import { JiayiError } from "../../client/jiayi.js";
import { attempt } from "./feedback.js";
import { here } from "./route.js";

/**
 * Loads a module. If it cannot be fetched, the error is one that `attempt` shows.
 * @template Module
 * @param {() => Promise<Module>} load imports it
 * @returns {Promise<Module>}
 */
export function loadModule(load) {
  return load().catch((error) => {
    // Browsers report a module that cannot be fetched as a `TypeError`.
    throw error instanceof TypeError ? new JiayiError("NETWORK", error.message) : error;
  });
}

/**
 * Loads a module for what one has asked for in a view, and shows that unless the view was left meanwhile.
 * @template Module
 * @param {() => Promise<Module>} load imports it
 * @param {(module: Module) => unknown} show
 */
export async function showLate(load, show) {
  const isHere = here();
  const module = await loadModule(load);
  if (isHere()) await show(module);
}

/**
 * A view whose code is loaded when it is first shown.
 * @param {Omit<import("../shell.js").View, "show">} description
 * @param {() => Promise<Pick<import("../shell.js").View, "show">>} load
 * @returns {import("../shell.js").View}
 */
export function lazy(description, load) {
  const show = (element, rest) => {
    let hasLeft = false;
    let leave = null;
    attempt(async () => {
      const view = await loadModule(load);
      if (!hasLeft) leave = view.show(element, rest);
    });
    return () => {
      hasLeft = true;
      leave?.();
    };
  };
  return { ...description, show };
}
