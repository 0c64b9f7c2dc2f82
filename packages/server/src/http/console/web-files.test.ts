import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pageAnswer } from "./page-answer.ts";
import { webFilesIn } from "./web-files.ts";

let root: string;
let path: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-web-"));
  path = join(root, "web");
  writeFileSync(join(root, "secret.txt"), "secret");
});
afterEach(() => rmSync(root, { recursive: true }));

function build(version: number): void {
  mkdirSync(join(path, "assets"), { recursive: true });
  mkdirSync(join(path, ".vite"), { recursive: true });
  writeFileSync(join(path, "index.html"), `<meta content="__NONCE__"><link nonce="__NONCE__"> ${version}`);
  writeFileSync(join(path, "icon.svg"), "<svg/>");
  writeFileSync(join(path, "assets/index-BdV1xC2a.js"), "plain");
  writeFileSync(join(path, "assets/index-BdV1xC2a.js.br"), "br");
  writeFileSync(join(path, "assets/index-BdV1xC2a.js.gz"), "gz");
  writeFileSync(join(path, ".vite/manifest.json"), "{}");
  utimesSync(join(path, "index.html"), version, version);
}

const answers = (mayChange = false) => {
  const files = webFilesIn({ path, mayChange });
  return async (url: string, acceptEncoding?: string) => {
    const headers = acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding };
    const { status, headers: sent, body } = pageAnswer({ url, headers } as IncomingMessage, await files());
    return { status, headers: sent, text: String(body) };
  };
};

it("says how to build a console that is not built", async () => {
  expect(await answers()("/")).toMatchObject({ status: 503, text: expect.stringContaining("npm run build") });
});

it("puts a nonce of the answer's own into the page", async () => {
  build(1);
  const ask = answers();
  const [one, other] = [await ask("/"), await ask("/-/hosts")];
  const [, nonce = ""] = /'nonce-([^']+)'/.exec(one.headers["content-security-policy"] ?? "") ?? [];
  expect(one.text).toBe(`<meta content="${nonce}"><link nonce="${nonce}"> 1`);
  expect(other.text).not.toBe(one.text);
});

it.each([
  [undefined, undefined, "plain"],
  ["gzip, deflate, br, zstd", "br", "br"],
  ["gzip", "gzip", "gz"],
  ["br;q=0, gzip;q=0.5", "gzip", "gz"],
  ["identity", undefined, "plain"],
])("answers %j with the form %s of a file", async (accepted, encoding, text) => {
  build(1);
  const answer = await answers()("/-/assets/index-BdV1xC2a.js?x", accepted);
  expect(answer).toMatchObject({ status: 200, text });
  expect(answer.headers).toMatchObject({
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  });
  expect(answer.headers["content-encoding"]).toBe(encoding);
});

it.each([
  "/-/assets/../index.html",
  "/-/assets/../../secret.txt",
  "/-/assets/%2e%2e/%2e%2e/secret.txt",
  "/-/assets/index-BdV1xC2a.js.br",
  "/-/assets/",
])("has no file %s", async (url) => {
  build(1);
  expect(await answers()(url)).toMatchObject({ status: 404 });
});

it.each(["/-/../secret.txt", "/-/.vite/manifest.json", "/-/index.html", "/-//etc/passwd"])(
  "answers %s with the page",
  async (url) => {
    build(1);
    expect((await answers()(url)).text).toMatch(/ 1$/);
  },
);

it("takes another build where it may change, and nowhere else", async () => {
  build(1);
  const [changing, fixed] = [answers(true), answers()];
  expect([(await changing("/")).text.at(-1), (await fixed("/")).text.at(-1)]).toEqual(["1", "1"]);
  build(2);
  expect([(await changing("/")).text.at(-1), (await fixed("/")).text.at(-1)]).toEqual(["2", "1"]);
  expect((await changing("/-/icon.svg")).headers["cache-control"]).toBe("no-cache");
});
