import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** One entry is one key of one day, region and service; beyond this the oldest is derived anew (four HMACs, some 10 µs). */
export const MAX_SIGNING_KEY_CACHE_ENTRIES = 4096;

const cache = new Map<string, KeyObject>();

/** The key that Signature V4 derives from the secret for one day, region and service. */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): KeyObject {
  const name = `${date}/${region}/${service}/${secretAccessKey}`;
  const known = cache.get(name);
  if (known !== undefined) return known;
  const key = createSecretKey(hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), "aws4_request"));
  if (cache.size >= MAX_SIGNING_KEY_CACHE_ENTRIES) cache.delete(cache.keys().next().value!);
  cache.set(name, key);
  return key;
}

function hmac(key: string | Uint8Array, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

export function hmacSignature(key: KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
