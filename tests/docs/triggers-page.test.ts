import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { signWebhook } from "@sluice/drivers/webhook/webhook-signature.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/reference/triggers.md"), "utf8");
type IsGenuine = (headers: object, body: string, secret: string, now?: number) => boolean;

describe("the receiver in docs/reference/triggers.md", () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-receiver-"));
  let isGenuine: IsGenuine;
  beforeAll(async () => {
    const [, text = ""] = /^```js\n(.*?)^```$/ms.exec(page) ?? [];
    const file = join(directory, "receiver.mjs");
    writeFileSync(file, text);
    ({ isGenuine } = (await import(pathToFileURL(file).href)) as { isGenuine: IsGenuine });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(["a-secret-that-is-long-enough", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])(
    "takes what was signed with %s, and nothing else",
    (secret) => {
      const now = 1_793_491_200;
      const body = '{"status":"Failed"}';
      const headers = signWebhook({ id: "n-1", body }, secret, now);
      expect(isGenuine(headers, body, secret, now * 1_000)).toBe(true);
      expect(isGenuine(headers, body.replace("Failed", "Succeeded"), secret, now * 1_000)).toBe(false);
      expect(isGenuine(headers, body, `${secret}BBBB`, now * 1_000)).toBe(false);
      expect(isGenuine(headers, body, secret, (now + 301) * 1_000)).toBe(false);
      expect(isGenuine({ ...headers, "webhook-timestamp": "now" }, body, secret, now * 1_000)).toBe(false);
    },
  );
});
