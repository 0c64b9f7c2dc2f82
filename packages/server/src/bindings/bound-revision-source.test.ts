import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { expect, it } from "vitest";
import { bindDrivers } from "./bound-driver.ts";
import { boundRevisionSource } from "./bound-revision-source.ts";

/** A source whose URLs say which one it is. */
function source(name: string, type: "S3" | "GitHub" = "S3"): RevisionSource {
  return {
    revisionTypes: [type],
    locate: async () => ({ by: "url", url: name, eTag: undefined }),
    inspect: async () => ({ outcome: "unchecked", reason: name }),
    digest: async () => ({ unknown: "nothing is there" }),
    read: async () => Buffer.from(name),
  };
}

const s3 = (bucket: string, key = "app.zip"): RevisionLocation => ({
  revisionType: "S3",
  s3Location: { bucket, key, bundleType: "zip" },
});
const gitHub: RevisionLocation = {
  revisionType: "GitHub",
  gitHubLocation: { repository: "owner/name", commitId: "abc" },
};
const binding = (match: string, name: string) => ({
  match,
  port: "revision-source",
  driver: "named",
  settings: { name },
});
const named = { name: "named", create: (settings: object) => source((settings as { name: string }).name) };
const defaults = { s3: source("embedded"), gitHub: source("github", "GitHub") };

async function where(bindings: ReturnType<typeof binding>[], revision: RevisionLocation) {
  const located = await boundRevisionSource(bindDrivers("revision-source", bindings, [named]), defaults).locate(
    revision,
    { publicEndpoint: "http://127.0.0.1:1", hostKey: undefined },
    new AbortController().signal,
  );
  return located.by === "url" ? located.url : located.by;
}

it("uses the first binding that matches, and the embedded bucket where none does", async () => {
  const bindings = [
    binding("arn:aws:s3:::releases/app/*", "by-object"),
    binding("releases", "by-bucket"),
    binding("re*", "by-pattern"),
  ];
  expect(await where(bindings, s3("releases"))).toBe("by-bucket");
  expect(await where(bindings, s3("releases", "app/1.zip"))).toBe("by-object");
  expect(await where(bindings, s3("reserve"))).toBe("by-pattern");
  expect(await where(bindings, s3("other"))).toBe("embedded");
});

it("leaves revisions to their default that the matching binding's driver does not serve", async () => {
  expect(await where([binding("*", "buckets")], gitHub)).toBe("github");
  expect(await where([], gitHub)).toBe("github");
});

it("pays no heed to bindings of other ports", async () => {
  expect(await where([{ ...binding("*", "elsewhere"), port: "alarms" }], s3("a"))).toBe("embedded");
});

it("says which driver is missing when it is put together", () => {
  const unknown = { ...binding("*", "x"), driver: "ftp" };
  expect(() => bindDrivers("revision-source", [unknown], [named])).toThrow('"ftp"');
});
