import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { visibleJson } from "@sluice/model/visible-text.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditFileName } from "./audit-directory.ts";
import { type AuditPosition, type AuditQuery, searchAudit } from "./search-audit.ts";

const HOUR = 3_600_000;
const BEGIN = Date.parse("2026-11-30T00:00:00Z");
let directory: string;

/** Three files of 2,000 lines, one a second. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-audit-search-"));
  mkdirSync(directory, { recursive: true });
  for (let file = 0; file < 3; file += 1) {
    const begunAt = BEGIN + file * HOUR;
    const lines = Array.from(
      { length: 400 },
      (_, index) => `${visibleJson(JSON.stringify(record(file, index, begunAt)))}\n`,
    );
    lines.splice(200, 0, '{"eventTime": "half a li\n', "null\n", "[1]\n");
    writeFileSync(join(directory, auditFileName(begunAt)), lines.join(""));
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

function record(file: number, index: number, begunAt: number) {
  const userName = index === 321 ? "ann\u202e" : `user-${index % 7}`;
  return {
    userIdentity: {
      type: "IAMUser",
      userName,
      arn: `arn:aws:iam::1:user/${userName}`,
      accessKeyId: "AKIA",
      ...(index === 321 && { sessionContext: { sessionIssuer: { arn: "arn:aws:iam::1:role/deployer" } } }),
    },
    eventTime: new Date(begunAt + index * 1_000).toISOString(),
    eventName: index % 2 === 0 ? "CreateDeployment" : "StopDeployment",
    sourceIPAddress: "10.0.0.1",
    ...(index % 10 === 0 && { errorCode: "AccessDeniedException" }),
    requestParameters: { applicationName: "web", padding: "x".repeat(400) },
    responseElements: { deploymentId: `d-${file}-${index}` },
    resources: [{ ARN: "arn:aws:codedeploy:r:1:deploymentgroup:web/prod" }],
    eventID: `${file}-${index}`,
  };
}

/** All pages, and how many calls they took. */
async function all(query: AuditQuery, limit = 500, maxBytes?: number) {
  const ids: string[] = [];
  let calls = 0;
  for (let from: AuditPosition | undefined; ; ) {
    const page = await searchAudit(directory, query, { limit, from, ...(maxBytes !== undefined && { maxBytes }) });
    expect(page.found.length).toBeLessThanOrEqual(limit);
    ids.push(...page.found.map(({ record }) => record.eventID));
    calls += 1;
    from = page.next;
    if (!from) return { ids, calls };
  }
}

const EVERYTHING = [2, 1, 0].flatMap((file) => Array.from({ length: 400 }, (_, index) => `${file}-${399 - index}`));

it.each([7, 100_000])("finds every line once, the newest first, in pages of %d", async (limit) => {
  expect((await all({}, limit)).ids).toEqual(EVERYTHING);
});

it("goes on where its work was too much for one call", async () => {
  const { ids, calls } = await all({ resource: "d-0-3" }, 10, 64 * 1024);
  expect(ids).toEqual(["0-3"]);
  expect(calls).toBeGreaterThan(3);
});

it.each<[string, AuditQuery, number]>([
  ["a user with a character that is escaped", { caller: "ann\u202e" }, 3],
  ["a key", { caller: "AKIA" }, 1_200],
  ["the role of a session", { caller: "arn:aws:iam::1:role/deployer" }, 3],
  ["a part of a name", { caller: "user" }, 0],
  ["an operation", { operation: "StopDeployment" }, 600],
  ["the end of an ARN", { resource: "web/prod" }, 1_200],
  ["a name in the request", { resource: "web" }, 1_200],
  ["an address", { sourceAddress: "10.0.0.2" }, 0],
  ["refusals", { outcome: "refused" }, 120],
  ["successes", { outcome: "succeeded" }, 1_080],
  ["failures", { outcome: "failed" }, 0],
  ["a time", { startTime: BEGIN + HOUR + 5_000, endTime: BEGIN + HOUR + 9_000 }, 5],
  ["the end", { startTime: BEGIN + 2 * HOUR + 390_000 }, 10],
])("finds what is asked for by %s", async (_, query, count) => {
  expect((await all(query)).ids).toHaveLength(count);
});

it("reads no file that is outside of the time", async () => {
  const page = await searchAudit(directory, { startTime: BEGIN + 3 * HOUR }, { limit: 10, maxBytes: 1 });
  expect(page.next).toBeUndefined();
  expect(await searchAudit(join(directory, "none"), {}, { limit: 10 })).toEqual({
    found: [],
    next: undefined,
    searchedBackTo: undefined,
  });
});
