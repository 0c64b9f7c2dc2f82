/** Beside the cookie, which a browser sends to every port of this host: only pages of this very origin can read it here. */
export const SESSION_KEY = "sluice.session";
export const SESSION_HEADER = "x-sluice-session";

export function sessionSecret(): string | undefined {
  return localStorage.getItem(SESSION_KEY) ?? undefined;
}
