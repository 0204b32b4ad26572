// The rules for all JavaScript of this repository.

import js from "@eslint/js";
import globals from "globals";

const unused = ["error", { argsIgnorePattern: "^_", caughtErrors: "none" }];

export default [
  { ignores: ["static/vendor/", "static/client/types/"] },
  js.configs.recommended,
  {
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
  { files: ["static/docs/*.js"], languageOptions: { globals: { SwaggerUIBundle: "readonly" } } },
  { files: ["tests/**", "static/client/tests/*.mjs"], languageOptions: { globals: globals.node } },
  // What these hand to a page runs there.
  { files: ["tests/browser/*.mjs"], languageOptions: { globals: globals.browser } },
  {
    // Given an address and a token, the library works where there is no browser.
    files: ["static/client/{connection,endpoint,errors,events,jiayi,outbox,random,requests}.js"],
    rules: { "no-restricted-globals": ["error", "window", "document", "localStorage", "fetch", "WebSocket"] },
  },
];
