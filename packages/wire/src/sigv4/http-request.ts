/** A request as it stood on the wire, independent of any HTTP library. */
export interface HttpRequest {
  readonly method: string;
  /** The request target exactly as on the request line: raw path with its query, nothing decoded. */
  readonly path: string;
  /** Names in lower case, as `node:http` gives them. */
  readonly headers: HttpHeaders;
  /** The whole body; absent when it is streamed (S3), and then its hash is the reader's to check. */
  readonly body?: Uint8Array | undefined;
}

export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** One header's value; repeated ones are joined by a comma, as the signature's canonical form wants. */
export function headerValue(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" || value === undefined ? value : value.join(",");
}
