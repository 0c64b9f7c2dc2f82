import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import { authorize } from "../access/authorize.ts";
import type { Principal } from "../access/principal.ts";
import type { AccessKeys } from "../store/access-keys.ts";
import { FUNCTION_CODE_BUCKET } from "./function-code-bucket.ts";

/** As Lambda's URLs of code. */
const CODE_URL_EXPIRES_SECONDS = 600;

export interface CodeUrls {
  readonly accessKeys: Pick<AccessKeys, "find">;
  readonly region: string;
  readonly now: () => number;
}

/** A URL of this server's bucket that yields a function's zip, signed by the caller's own key; null: that may not read the bucket, or is a temporary one. */
export async function codeUrl(
  { accessKeys, region, now }: CodeUrls,
  principal: Principal,
  endpoint: string,
  codeSha256: string,
): Promise<string | null> {
  if (authorize(principal, "s3:GetObject", `arn:aws:s3:::${FUNCTION_CODE_BUCKET}/${codeSha256}`) !== "allowed")
    return null;
  const credentials = await accessKeys.find(principal.accessKeyId);
  // A temporary key signs with its token, which the server does not keep.
  if (!credentials || credentials.tokenSha256 !== undefined) return null;
  return presignUrl({
    method: "GET",
    headers: {},
    url: `${endpoint}/${FUNCTION_CODE_BUCKET}/${codeSha256}`,
    service: "s3",
    region,
    credentials,
    now: new Date(now()),
    expiresSeconds: CODE_URL_EXPIRES_SECONDS,
  });
}
