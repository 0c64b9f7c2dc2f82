import type { IncomingMessage } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ConsoleSessions, LiveSession, NewSession } from "../../sessions/console-sessions.ts";
import type { CallTrail } from "../call-trail.ts";
import { SESSION_HEADER } from "./console-door.ts";
import { readCookies, type SessionCookies, writeCookie } from "./session-cookie.ts";

/** The largest body with which somebody signs in. */
export const MAX_SIGN_IN_BYTES = 4096;

const JSON_TYPE = /^application\/json\b/i;
const MEMBERS: ReadonlySet<string> = new Set(["link", "accessKeyId", "secretAccessKey"]);

export interface SessionDoorParts {
  readonly sessions: ConsoleSessions;
  readonly cookies: SessionCookies;
  readonly now: () => number;
}

/** Whose session the request has both halves of; null: nobody's. */
export async function sessionOf(
  { headers }: IncomingMessage,
  { sessions, cookies }: Pick<SessionDoorParts, "sessions" | "cookies">,
): Promise<LiveSession | null> {
  const secret = headers[SESSION_HEADER];
  if (typeof secret !== "string") return null;
  for (const cookie of readCookies(cookies, headers.cookie)) {
    const session = await sessions.find(cookie, secret);
    if (session) return session;
  }
  return null;
}

/** @throws CallerFault SessionEndedException */
export async function requireSession(
  request: IncomingMessage,
  parts: Pick<SessionDoorParts, "sessions" | "cookies">,
): Promise<LiveSession> {
  const session = await sessionOf(request, parts);
  if (session) return session;
  throw new CallerFault(
    "SessionEndedException",
    "You are not signed in, or your session has ended. Sign in with an access key, or with a link: sluice console",
  );
}

/** An answer to the session's own door: `Set-Cookie`, where the browser's half changes, and JSON. */
export interface SessionAnswer {
  readonly cookie?: string;
  readonly body: object;
}

export async function signIn(
  request: IncomingMessage,
  body: Buffer,
  endpoint: string,
  { sessions, cookies, now }: SessionDoorParts,
  trail: CallTrail,
): Promise<SessionAnswer> {
  trail.signs("ConsoleLogin");
  if (!JSON_TYPE.test(request.headers["content-type"] ?? "")) {
    throw new CallerFault("ValidationException", "The content type must be application/json.");
  }
  const given = readCredentials(body);
  trail.signs("ConsoleLogin", { by: "link" in given ? "link" : "access key" });
  if ("accessKeyId" in given) trail.claims(given.accessKeyId);
  const session =
    "link" in given
      ? await sessions.signInByLink(given.link)
      : await sessions.signInByKey(given.accessKeyId, given.secretAccessKey, request.socket.remoteAddress ?? "");
  trail.proved(session.principal);
  const maxAgeSeconds = Math.floor((session.expiresAt - now()) / 1000);
  const cookie = writeCookie(cookies, session.cookie, maxAgeSeconds, endpoint);
  return { cookie, body: { sessionSecret: session.secret, ...viewOf(session) } };
}

export async function whoIs(request: IncomingMessage, parts: SessionDoorParts): Promise<SessionAnswer> {
  return { body: viewOf(await requireSession(request, parts)) };
}

/** Of a session that has ended, too: whoever asks for it wants no session. */
export async function signOut(
  request: IncomingMessage,
  endpoint: string,
  parts: SessionDoorParts,
  trail: CallTrail,
): Promise<SessionAnswer> {
  trail.signs("ConsoleLogout");
  const session = await sessionOf(request, parts);
  if (session) {
    trail.proved(session.principal);
    await parts.sessions.end(session);
  } else trail.asksNothing();
  return { cookie: writeCookie(parts.cookies, "", 0, endpoint), body: {} };
}

function viewOf({ principal, expiresAt }: LiveSession | NewSession): object {
  const { accessKeyId, role } = principal;
  return { accessKeyId, role, expiresAt: new Date(expiresAt).toISOString() };
}

type Credentials = { readonly link: string } | { readonly accessKeyId: string; readonly secretAccessKey: string };

function readCredentials(body: Buffer): Credentials {
  let given: unknown;
  try {
    given = JSON.parse(body.toString("utf8"));
  } catch {
    throw invalid();
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw invalid();
  const members = Object.entries(given);
  if (!members.every(([name, value]) => MEMBERS.has(name) && typeof value === "string")) throw invalid();
  const { link, accessKeyId, secretAccessKey } = given as Record<string, string | undefined>;
  if (link !== undefined && members.length === 1) return { link };
  if (accessKeyId !== undefined && secretAccessKey !== undefined && members.length === 2) {
    return { accessKeyId, secretAccessKey };
  }
  throw invalid();
}

function invalid(): CallerFault {
  return new CallerFault(
    "ValidationException",
    'The body must be JSON: {"link": "…"}, or {"accessKeyId": "…", "secretAccessKey": "…"}.',
  );
}
