import { encodeComponent } from "@sluice/wire/sigv4/canonical-request.ts";
import type { Credentials } from "@sluice/wire/sigv4/http-request.ts";
import { presignUrl, splitUrl } from "@sluice/wire/sigv4/sign.ts";

export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string | undefined;
}

export interface S3Endpoint {
  /** `http(s)://HOST[:PORT]`. */
  readonly url: string;
  readonly region: string;
  /** `HOST/BUCKET/KEY`; otherwise `BUCKET.HOST/KEY`. */
  readonly pathStyle: boolean;
}

interface Presigning {
  readonly credentials: Credentials;
  readonly now: Date;
  /** 1 to 604,800. */
  readonly expiresSeconds: number;
}

/** A URL that yields the object (or its head alone) to whoever has it, until it expires. */
export function presignObjectUrl(
  location: ObjectLocation,
  endpoint: S3Endpoint,
  presigning: Presigning,
  method: "GET" | "HEAD" = "GET",
  headers: Readonly<Record<string, string>> = {},
): string {
  return presignUrl({
    method,
    headers,
    url: objectUrl(location, endpoint),
    service: "s3",
    region: endpoint.region,
    ...presigning,
  });
}

function objectUrl({ bucket, key, version }: ObjectLocation, { url, pathStyle }: S3Endpoint): string {
  const { protocol, host, path } = splitUrl(url);
  const prefix = path.replace(/\/+$/, "");
  const encodedKey = key.split("/").map(encodeComponent).join("/");
  const query = version === undefined ? "" : `?versionId=${encodeComponent(version)}`;
  return pathStyle
    ? `${protocol}//${host}${prefix}/${encodeComponent(bucket)}/${encodedKey}${query}`
    : `${protocol}//${bucket}.${host}${prefix}/${encodedKey}${query}`;
}

/** Why text is not an endpoint, as the end of a sentence; undefined when it is one. */
export function endpointProblem(text: string): string | undefined {
  try {
    const { path } = splitUrl(text);
    if (!path.includes("?")) return undefined;
  } catch {
    // Falls through: the message says what an endpoint looks like.
  }
  return `has the value ${JSON.stringify(text)}: give http(s)://HOST[:PORT]`;
}
