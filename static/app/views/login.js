// What somebody sees who is not logged in: the login, and for residents the making of an account.

import { Jiayi } from "../../client/jiayi.js";
import { h } from "../parts/dom.js";
import { field, form } from "../parts/form.js";
import { t } from "../state/language.js";

/**
 * @param {import("../shell.js").Page} page
 * @param {(jiayi: Jiayi) => Promise<void>} onLogin
 */
export function login({ role, title }, onLogin) {
  const account = { name: "account", required: true, autocomplete: "username", autocapitalize: "none" };
  const password = { name: "password", type: "password", required: true, autocomplete: "current-password" };
  const element = form({
    fields: [
      field(role === "user" ? t("Phone or login name") : t("Login name"), h("input", account)),
      field(t("Password"), h("input", password)),
    ],
    submit: t("Log in"),
    send: ({ account, password }) => Jiayi.login(role, account.trim(), password),
    done: onLogin,
  });
  return [h("h1", {}, title), element, role === "user" && registration(onLogin)];
}

function registration(onLogin) {
  const password = {
    name: "password",
    type: "password",
    required: true,
    minlength: 8,
    autocomplete: "new-password",
  };
  const element = form({
    plain: true,
    fields: [
      field(t("Name"), h("input", { name: "name", required: true, autocomplete: "name" })),
      field(t("Phone"), h("input", { name: "phone", type: "tel", required: true, autocomplete: "tel" })),
      field(t("Password"), h("input", password), t("8 characters at least")),
    ],
    submit: t("Make an account"),
    send: (fields) => Jiayi.register(fields),
    done: onLogin,
  });
  return h("details", { class: "card" }, h("summary", {}, t("I have no account yet")), element);
}
