import { hash, timingSafeEqual } from "node:crypto";

/** SHA-256, hex: what the store keeps of a token's secret. The secret is random in full, so no slow hash is needed. */
export function hashTokenSecret(secret: string): string {
  return hash("sha256", secret, "hex");
}

/** Compares in constant time. Without a stored hash the answer is no, after the same work. */
export function isTokenSecret(secret: string, storedHash: string | undefined): boolean {
  const given = Buffer.from(hashTokenSecret(secret), "hex");
  const stored = storedHash === undefined ? Buffer.alloc(given.length) : Buffer.from(storedHash, "hex");
  return stored.length === given.length && timingSafeEqual(given, stored) && storedHash !== undefined;
}
