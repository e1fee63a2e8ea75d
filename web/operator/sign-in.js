// @ts-check
import { byId, write } from "./element.js";
import { config } from "./config.js";
import { SignInError } from "./session.js";

/** @typedef {import("./session.js").Session} Session */

/**
 * The form to sign in: with a password where there is Supabase Auth, else with a link.
 * @param {Session} session
 */
export function offerSignIn(session) {
  const hasAuth = config.authUrl !== "";
  const form = byId("sign-in-form");
  const problem = byId("sign-in-problem");
  byId("by-password").hidden = !hasAuth;
  byId("by-link").hidden = hasAuth;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void signIn();
  });

  async function signIn() {
    const button = byId("sign-in-button");
    button.toggleAttribute("disabled", true);
    write(problem, "");
    try {
      if (hasAuth) await session.signIn(valueOf("email"), valueOf("password"));
      else session.signInByLink(valueOf("link"));
      if (form instanceof HTMLFormElement) form.reset();
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      write(problem, error.message);
    } finally {
      button.toggleAttribute("disabled", false);
    }
  }
}

/** @param {string} id */
function valueOf(id) {
  const input = byId(id);
  return input instanceof HTMLInputElement ? input.value : "";
}
