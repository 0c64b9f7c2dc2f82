import { hash, timingSafeEqual } from "node:crypto";
import { LETTERS_AND_DIGITS } from "../access/random-text.ts";

/** 43 characters of 62 hold 256 bits. */
export const SESSION_SECRET_CHARACTERS = 43;
const SECRET = new RegExp(`^[A-Za-z0-9]{${SESSION_SECRET_CHARACTERS}}$`);

export function newSessionSecret(randomText: (alphabet: string, length: number) => string): string {
  return randomText(LETTERS_AND_DIGITS, SESSION_SECRET_CHARACTERS);
}

/** What no secret of ours looks like is not looked for: a database may refuse its characters. */
export function isSecretForm(text: unknown): text is string {
  return typeof text === "string" && SECRET.test(text);
}

/** SHA-256, hex: what the store keeps. The secrets are random in full, so no slow hash is needed. */
export function hashOfSecret(secret: string): string {
  return hash("sha256", secret, "hex");
}

/** In constant time, whatever the lengths. Without a stored text the answer is no, after the same work. */
export function isSameSecret(given: string, stored: string | undefined): boolean {
  const isSame = timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", stored ?? "", "buffer"));
  return isSame && stored !== undefined;
}
