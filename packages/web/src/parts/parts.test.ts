import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { expect, it } from "vitest";
import { kindWords } from "./creator-words.ts";
import { deploymentProgress } from "./progress-words.ts";
import { revisionWords } from "./revision-words.ts";

it("calls revisions by short names", () => {
  const s3Location = { bucket: "b", key: "web/web-2.15.0.tgz", version: "v1" };
  expect(revisionWords({ revisionType: "S3", s3Location })).toEqual({
    name: "web-2.15.0",
    detail: "s3://b/web/web-2.15.0.tgz (version v1)",
  });
  const gitHubLocation = { repository: "shop/web", commitId: "3f2a91bc00" };
  expect(revisionWords({ revisionType: "GitHub", gitHubLocation })?.name).toBe("shop/web@3f2a91b");
  const appSpecContent = { sha256: "3f2a91bc0011" };
  expect(revisionWords({ revisionType: "AppSpecContent", appSpecContent })?.name).toBe("AppSpec 3f2a91bc");
  expect(revisionWords({ revisionType: "AppSpecContent", appSpecContent }, "version 3")?.name).toBe("version 3");
  expect(revisionWords(undefined)).toBeUndefined();
});

it("says of a deployment what it is besides one by a person", () => {
  expect(kindWords({ creator: "user", deploymentMode: "RESTART" })).toEqual(["Restart"]);
  expect(kindWords({ creator: "codeDeployRollback" })).toEqual(["Rollback"]);
  expect(kindWords({ creator: "user" })).toEqual([]);
});

const NONE = { pending: 0, inProgress: 0, succeeded: 0, failed: 0, skipped: 0, ready: 0 };
const deployment = (more: Partial<DeploymentSummary>): DeploymentSummary => ({
  deploymentId: "d-1",
  applicationName: "web",
  deploymentGroupName: "prod",
  computePlatform: "Server",
  status: "InProgress",
  creator: "user",
  deploymentConfigName: "x",
  createdAt: new Date(0),
  targets: NONE,
  ...more,
});

it.each([
  [{}, "Finding the hosts"],
  [{ completedAt: new Date(1) }, "Ended before any host was touched"],
  [{ targets: { ...NONE, succeeded: 1 } }, "1 of 1 host"],
  [{ targets: { ...NONE, succeeded: 3, failed: 40, skipped: 157 } }, "3 of 200 hosts, 40 failed"],
  [{ targets: { ...NONE, ready: 2, pending: 2 } }, "0 of 4 hosts, 2 ready"],
  [{ computePlatform: "Lambda", shiftPercent: 25, targets: { ...NONE, inProgress: 1 } }, "25 % of the traffic"],
])("says how far %j is", (more, words) => {
  expect(deploymentProgress(deployment(more)).words).toBe(words);
});
