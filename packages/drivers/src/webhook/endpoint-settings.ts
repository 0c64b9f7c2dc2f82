import { readFileSync } from "node:fs";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import * as v from "valibot";
import { numberWithin, SettingsError, secretText, settings, text } from "../settings-schema.ts";

const TIMEOUT_DEFAULT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 25;
/** Shorter ones can be guessed from one signed message. */
const MIN_SECRET_CHARACTERS = 16;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Of drivers that POST signed messages to an address of the user's. */
export const ENDPOINT_SETTINGS = settings({
  /** Its path and query may hold a secret (as those of chat services do), so messages show its scheme and host alone. */
  url: secretText("the receiver's https address", urlProblem),
  secret: secretText("what the receiver verifies signatures with", (secret) =>
    secret.length >= MIN_SECRET_CHARACTERS
      ? undefined
      : `is too short: give at least ${MIN_SECRET_CHARACTERS} characters, such as openssl rand -base64 32 prints`,
  ),
  timeoutSeconds: v.optional(numberWithin(1, MAX_TIMEOUT_SECONDS, "how long an answer may take")),
  caFile: v.optional(text("a file with the authorities (PEM) to trust for this receiver")),
});

export type EndpointSettings = v.InferOutput<typeof ENDPOINT_SETTINGS>;

export interface Endpoint {
  readonly url: URL;
  readonly secret: string;
  readonly timeoutMilliseconds: number;
  /** PEM of authorities to trust instead of the system's. */
  readonly authorities: string | undefined;
}

/** Throws a SettingsError about a `caFile` that cannot be read. */
export function endpointOf({ url, secret, timeoutSeconds, caFile }: EndpointSettings): Endpoint {
  return {
    url: new URL(url),
    secret,
    timeoutMilliseconds: (timeoutSeconds ?? TIMEOUT_DEFAULT_SECONDS) * 1_000,
    authorities: caFile === undefined ? undefined : readAuthorities(caFile),
  };
}

/** The network's code or the certificate's fault, which names hosts and never what was sent. */
export function networkReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (isAboutCertificate(error)) {
    return `${code}: its certificate is not trusted; give its authority as the binding's caFile`;
  }
  return String(code ?? message ?? "no reason given");
}

export function isAboutCertificate(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /CERT|SIGNATURE|TLS|SSL|ISSUER|ALTNAME/.test(code);
}

function readAuthorities(caFile: string): string {
  try {
    return readFileSync(caFile, "utf8");
  } catch (error) {
    throw new SettingsError("caFile", `is ${caFile}, which ${whyUnreadable(error)}`);
  }
}

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "is not a valid address: give https://HOST[:PORT]/PATH";
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return "holds a user or a password: the signature says who is sending";
  if (protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname))) return undefined;
  return "is not https: plain http is for this machine's loopback alone";
}
