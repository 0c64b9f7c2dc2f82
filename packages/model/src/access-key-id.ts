/** How ids of access keys begin (IAM's own): long-lived ones, and those of sessions, which come with a token. */
export const LONG_LIVED_KEY_PREFIX = "AKIA";
export const TEMPORARY_KEY_PREFIX = "ASIA";

export function isTemporaryKeyId(accessKeyId: string): boolean {
  return accessKeyId.startsWith(TEMPORARY_KEY_PREFIX);
}
