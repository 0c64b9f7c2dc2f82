import { observable } from "../state/observable.ts";
import { errorOf } from "./api-error.ts";
import { request } from "./request.ts";
import { SESSION_KEY, sessionSecret } from "./session-secret.ts";

const PATH = "/-/session";

export interface Session {
  readonly accessKeyId: string;
  readonly role: string;
  readonly expiresAt: string;
}
interface NewSession extends Session {
  readonly sessionSecret: string;
}
export type SignIn = { readonly link: string } | { readonly accessKeyId: string; readonly secretAccessKey: string };

/** Whether this browser holds a session, as far as it knows: the server may have ended it. */
export const isSignedIn = observable(sessionSecret() !== undefined);

/** Why the one-time link of this page did not work. */
export const linkError = observable<unknown>(undefined);

/** @throws ApiError of the link or the key */
export async function signIn(how: SignIn): Promise<Session> {
  const response = await request(PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(how),
  });
  const text = await response.text();
  if (!response.ok) throw errorOf(response.status, text, PATH);
  const session: NewSession = JSON.parse(text);
  localStorage.setItem(SESSION_KEY, session.sessionSecret);
  isSignedIn.set(true);
  return session;
}

/** Ends the session on the server, and here whatever the server says. */
export async function signOut(): Promise<void> {
  try {
    await request(PATH, { method: "DELETE" });
  } finally {
    forgetSession();
  }
}

/** What is left to do when the server says that there is no session. */
export function forgetSession(): void {
  localStorage.removeItem(SESSION_KEY);
  isSignedIn.set(false);
}

/** Another tab signed in or out. */
export function watchOtherTabs(): void {
  addEventListener("storage", ({ key }) => {
    if (key === SESSION_KEY || key === null) isSignedIn.set(sessionSecret() !== undefined);
  });
}

/**
 * The secret of a one-time link, `/#link=SECRET`, taken out of the address bar: nothing that is copied or kept in the history has it.
 */
function takeLinkSecret(): string | undefined {
  const secret = new URLSearchParams(location.hash.slice(1)).get("link") ?? undefined;
  if (secret !== undefined) history.replaceState(history.state, "", location.pathname + location.search);
  return secret;
}

/** Of a page that was opened by a one-time link. What goes wrong is in `linkError`, for the sign-in page. */
export async function signInByLink(): Promise<void> {
  const link = takeLinkSecret();
  if (link === undefined) return;
  try {
    await signIn({ link });
  } catch (error) {
    linkError.set(error);
  }
}
