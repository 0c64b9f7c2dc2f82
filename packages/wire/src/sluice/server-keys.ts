/**
 * Where a server with TLS says, to anyone and signed with its signing certificate, which public keys its TLS certificate may have. An agent
 * that is shown a certificate that it does not know asks here, so that a renewed certificate needs no new enrolment.
 */
export const SERVER_KEYS_PATH = "/-/server-keys";

/** What is signed. `purpose` keeps it apart from the other thing that is signed, deployment specifications. */
export interface ServerKeys {
  readonly purpose: typeof SERVER_KEYS_PURPOSE;
  /** sha256, in hex, of each key's SubjectPublicKeyInfo. */
  readonly keys: readonly string[];
  /** ISO 8601. */
  readonly signedAt: string;
}

export const SERVER_KEYS_PURPOSE = "sluice-server-keys";
