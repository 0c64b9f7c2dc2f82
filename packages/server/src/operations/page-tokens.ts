import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Store } from "../store/open-store.ts";
import { settingOrNew } from "../store/settings.ts";

/** AES-256-GCM, in the order in which a token has them: nonce, what is sealed, tag. */
const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** No position that a listing seals is longer: the longest have a key of S3, or what a revision is known by. */
export const MAX_PAGE_TOKEN_CHARACTERS = 16_384;

/**
 * Seals where a page of a listing ended, and opens it again. What is sealed can neither be read nor be changed, and a token opens only
 * for what it was sealed for. All servers of one database have the same key.
 */
export interface PageTokens {
  /** @param boundTo the listing, and the parameters that it was asked with */
  seal(boundTo: string, position: string): string;
  /** The same token each time: whoever has two can tell whether they are of one position, and no more. */
  sealAlike(boundTo: string, position: string): string;
  /**
   * Undefined: nothing was sealed as this token, or for something else.
   * @param maxCharacters a longer token is not looked at
   */
  open(boundTo: string, token: string, maxCharacters?: number): string | undefined;
}

export function pageTokens(secret: string, accountId: string): PageTokens {
  const key = Buffer.from(hkdfSync("sha256", secret, "", `page-tokens/${accountId}`, KEY_BYTES));
  const nonceKey = Buffer.from(hkdfSync("sha256", secret, "", `page-token-nonces/${accountId}`, KEY_BYTES));
  const options = { authTagLength: TAG_BYTES };
  const sealWith = (nonce: Buffer, boundTo: string, position: string) => {
    const cipher = createCipheriv(CIPHER, key, nonce, options).setAAD(Buffer.from(boundTo));
    const sealed = [nonce, cipher.update(position, "utf8"), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString("base64url");
  };
  return {
    seal: (boundTo, position) => sealWith(randomBytes(NONCE_BYTES), boundTo, position),
    sealAlike(boundTo, position) {
      // Of all that is sealed: no two texts share a nonce.
      const nonce = createHmac("sha256", nonceKey)
        .update(JSON.stringify([boundTo, position]))
        .digest();
      return sealWith(nonce.subarray(0, NONCE_BYTES), boundTo, position);
    },
    open(boundTo, token, maxCharacters = MAX_PAGE_TOKEN_CHARACTERS) {
      if (token.length > maxCharacters) return undefined;
      const sealed = Buffer.from(token, "base64url");
      // Decoding passes over what is not base64url, and over bits after the last byte.
      if (sealed.length < NONCE_BYTES + TAG_BYTES || sealed.toString("base64url") !== token) return undefined;
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), options)
        .setAAD(Buffer.from(boundTo))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      const position = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      try {
        decipher.final();
      } catch {
        return undefined;
      }
      return position.toString("utf8");
    },
  };
}

/** With the secret of this installation, which a backup contains. */
export async function pageTokensOf(store: Store, accountId: string): Promise<PageTokens> {
  const secret = await settingOrNew(store, "page-token-secret", async () =>
    randomBytes(KEY_BYTES).toString("base64url"),
  );
  return pageTokens(secret, accountId);
}
