import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
/** What proves who somebody is, or is a digest of it. */
const SECRET = String.raw`\w*(?:secret|signature|password|sha256|hmac|token)\w*`;
const PLAIN = new RegExp(
  String.raw`(?:\b|\.)${SECRET}(?:\(\))?\s*[!=]==?\s*(?![=\s])|[!=]==?\s*(?:[\w.]+\.)?${SECRET}\b`,
  "i",
);
/** Of what is no value of a secret: whether there is one, its length, its kind. */
const HARMLESS =
  /[!=]==?\s*(?:undefined|null|true|false|-?\d|"|'|`)|(?:undefined|null|"|')\s*[!=]==?|\btypeof\b|\.(?:length|size|byteLength)\b|token_?name|\.kind\b/i;
/** Digests of contents that everybody may know, pages' tokens, and what only has such a name. */
const PUBLIC: readonly RegExp[] = [
  /(?:code|bundle|content|payload|body|object|file|document|expected|image|part)\w*sha256/i,
  /next_?token|pageToken|continuation/i,
  // A parameter's and a header's name, a client's own token of a request, the sum of a backup's file.
  /SIGNATURE_QUERY_KEY|clientToken|secretHeader|sums\.get/,
];

/** Lines that compare what may be a secret, a character after the other. */
function plainComparisons(source: string): string[] {
  return source
    .split("\n")
    .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line))
    .filter((line) => PLAIN.test(line) && !HARMLESS.test(line) && PUBLIC.every((each) => !each.test(line)));
}

it.each([
  ["if (given === secretAccessKey) return;", 1],
  ["return signature !== expected;", 1],
  ["const isRight = sha256Hex(token) == row.secret_sha256;", 1],
  ["if (sessionToken === undefined) return;", 0],
  ["if (secret.length !== 32) return;", 0],
  ["return timingSafeEqual(signature, expected);", 0],
])("the rule knows %s", (line, count) => {
  expect(plainComparisons(line)).toHaveLength(count);
});

it("no secret is compared by === in the server and on the wire", () => {
  const files = globSync("packages/{server,wire,bucket}/src/**/*.ts", { cwd: ROOT }).filter(
    (file) => !/\.(?:test|fixture)\.ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((file) =>
    plainComparisons(readFileSync(join(ROOT, file), "utf8")).map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
