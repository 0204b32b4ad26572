// The rules for all JavaScript of this repository, and the floor of browsers for what these load.

import css from "@eslint/css";
import js from "@eslint/js";
import compat from "eslint-plugin-compat";
import es from "eslint-plugin-es-x";
import globals from "globals";

const unused = ["error", { argsIgnorePattern: "^_", caughtErrors: "none" }];

const scripts = ["**/*.js", "**/*.mjs"];

/** What runs in browsers: their floor is in docs/operations.md. */
const loaded = [
  "static/app/**/*.js",
  "static/client/*.js",
  "static/client/adapters/browser.js",
  "static/worker.js",
];

/** What browsers of the floor know though not all of 2020 did, and what they may leave out without harm. */
const floor = {
  allowProperties: [
    "accent-color",
    "border-inline",
    "color-scheme",
    "contain-intrinsic-size",
    "content-visibility",
    "inset",
    "margin-block",
    "outline",
    "padding-inline",
    "resize",
  ],
  allowPropertyValues: { "word-break": ["break-word"] },
  allowSelectors: ["backdrop", "focus-visible", "is", "where"],
};

/** What the rule before does not look into. */
const styles = [
  { selector: "FeatureRange", message: "Ranges are of 2022: say min-width or max-width." },
  { selector: "Function[name=/^(light-dark|color-mix)$/]", message: "It is of 2023." },
  { selector: "Raw[value=/light-dark|color-mix|oklch|[0-9][dsl]v[hw]/]", message: "It is of 2022." },
];

/** Methods of iterators that arrays, or our own classes, have as well: which of them a call means shows nowhere. */
const unknowable = Object.fromEntries(
  ["drop", "every", "filter", "find", "flatmap", "foreach", "map", "reduce", "some", "take", "toarray"].map(
    (name) => [`es-x/no-iterator-prototype-${name}`, "off"],
  ),
);

/** Where such a call is one of an iterator. */
const helpers = [
  {
    selector:
      "MemberExpression > CallExpression.object[callee.property.name=/^(entries|keys|matchAll|values)$/]" +
      ":not([callee.object.name=/^(Object|caches|cache)$/])",
    message: "Iterators have no such methods before 2024: spread them into an array.",
  },
];

export default [
  { ignores: ["static/vendor/", "static/client/types/"] },
  { files: scripts, ...js.configs.recommended },
  {
    files: scripts,
    rules: {
      eqeqeq: "error",
      "no-unused-vars": unused,
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": ["error", { destructuring: "all" }],
    },
  },
  { files: ["static/app/**", "static/client/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["static/client/adapters/*.js"], languageOptions: { globals: globals["shared-node-browser"] } },
  { files: ["static/client/adapters/browser.js"], languageOptions: { globals: globals.browser } },
  { files: ["static/worker.js"], languageOptions: { globals: globals.serviceworker } },
  {
    // Every browser reads it.
    files: ["static/app/floor.js"],
    languageOptions: { ecmaVersion: 5, sourceType: "script" },
    rules: { "no-var": "off", "object-shorthand": "off" },
  },
  { files: ["static/docs/*.js"], languageOptions: { globals: { SwaggerUIBundle: "readonly" } } },
  {
    files: ["tests/**", "packaging/**", "static/client/tests/*.mjs"],
    languageOptions: { globals: globals.node },
  },
  // What these hand to a page runs there.
  { files: ["tests/browser/*.mjs"], languageOptions: { globals: globals.browser } },
  {
    // Given an address and a token, the library works where there is no browser.
    files: ["static/client/{connection,endpoint,errors,events,jiayi,outbox,random,requests}.js"],
    rules: { "no-restricted-globals": ["error", "window", "document", "localStorage", "fetch", "WebSocket"] },
  },
  {
    files: loaded,
    plugins: { compat, "es-x": es },
    settings: {
      browsers: ["chrome >= 90", "safari >= 14.1", "ios_saf >= 14.5"],
      "es-x": { aggressive: true },
    },
    rules: {
      ...es.configs["flat/restrict-to-es2021"].rules,
      "compat/compat": "error",
      ...unknowable,
      "no-restricted-syntax": ["error", ...helpers],
      // Of ES2022 there are fields, but no private methods: a private field that holds a function does as well.
      "es-x/no-class-instance-fields": "off",
      "es-x/no-class-private-fields": "off",
      "es-x/no-class-static-fields": "off",
    },
  },
  {
    files: ["static/style.css", "static/style/*.css"],
    plugins: { css },
    language: "css/css",
    rules: {
      "css/no-invalid-properties": ["error", { allowUnknownVariables: true }],
      "css/use-baseline": ["error", { available: 2020, ...floor }],
      "no-restricted-syntax": ["error", ...styles],
    },
  },
];
