import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { WireAnswer } from "../wire-answer.ts";
import { EVERY_ANSWER, pageHeaders } from "./page-headers.ts";
import type { WebFile, WebFiles } from "./web-files.ts";

/** Stands in index.html for a nonce of the answer's own. */
const NONCE_PLACE = /__NONCE__/g;
const NONCE_BYTES = 18;
const ASSETS = "/-/assets/";

const NOT_BUILT =
  '<!doctype html>\n<html lang="en"><title>Sluice</title>\n<p>The console is not built. Run: <code>npm run build</code>\n';

/** The page, whatever the path: which part of it is shown, the page reads from there. Or one of its files. */
export function pageAnswer({ url = "/", headers }: IncomingMessage, files: WebFiles): WireAnswer {
  const path = url.split("?", 1)[0]!;
  const file = files.find(path);
  if (file) return fileAnswer(file, headers["accept-encoding"]);
  if (path.startsWith(ASSETS)) {
    const noSuchFile = { ...EVERY_ANSWER, "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
    return { status: 404, headers: noSuchFile, body: "The console has no such file. Load the page again.\n" };
  }
  const nonce = randomBytes(NONCE_BYTES).toString("base64");
  if (files.page === null) return { status: 503, headers: pageHeaders(nonce), body: NOT_BUILT };
  return { status: 200, headers: pageHeaders(nonce), body: files.page.replaceAll(NONCE_PLACE, nonce) };
}

function fileAnswer(file: WebFile, acceptEncoding: string | string[] | undefined): WireAnswer {
  const accepted = acceptedEncodings(String(acceptEncoding ?? ""));
  const encoding = (["br", "gzip"] as const).find((each) => file[each] !== undefined && accepted.has(each));
  const headers = {
    ...EVERY_ANSWER,
    "content-type": file.contentType,
    "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    // A file that is opened by itself, such as an image with a script in it, does nothing.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    vary: "accept-encoding",
    ...(encoding && { "content-encoding": encoding }),
  };
  return { status: 200, headers, body: (encoding && file[encoding]) ?? file.plain };
}

function acceptedEncodings(header: string): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const part of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name);
  }
  return accepted;
}
