/** Cookies of one request that are looked at: a page on another port may have set some of the same name. */
const MAX_COOKIES = 3;

/** How the browser keeps its half of a session. */
export interface SessionCookies {
  /** `sluice-session-` and the server's own id: cookies do not know ports, and two servers may be on one machine. */
  readonly name: string;
}

export function sessionCookies(serverId: string): SessionCookies {
  return { name: `sluice-session-${serverId}` };
}

/** What the request has under the name; more than one where somebody else set one, too. */
export function readCookies({ name }: SessionCookies, header: string | undefined): readonly string[] {
  const values: string[] = [];
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    values.push(pair.slice(at + 1).trim());
    if (values.length === MAX_COOKIES) break;
  }
  return values;
}

/** For `Set-Cookie`. @param endpoint by which the caller reached the server: under https the cookie goes over TLS alone */
export function writeCookie({ name }: SessionCookies, value: string, maxAgeSeconds: number, endpoint: string): string {
  const secure = endpoint.startsWith("https:") ? "; Secure" : "";
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}
