import { basename } from "node:path";
import { revisionOnHost } from "../bundle/download-bundle.ts";
import type { Revision } from "../revision.ts";

/** Events whose failures `ignoreApplicationStopFailures` forgives. */
const FORGIVEN: ReadonlySet<string> = new Set(["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"]);

export function isForgivable(eventName: string): boolean {
  return FORGIVEN.has(eventName);
}

/** What failed is none of the revision that is being deployed: a corrected one would fail in the same way. */
export function withOlderRevision(message: string, eventName: string, deploymentDirectory: string): string {
  const revision = revisionOnHost(deploymentDirectory);
  const name = revision === undefined ? "the revision" : `the revision ${nameOf(revision)}`;
  const sentence = message.endsWith(".") ? message : `${message}.`;
  const whose =
    `${eventName} runs the scripts of ${name}, which the deployment ${basename(deploymentDirectory)} installed here, ` +
    "not those of the revision that is being deployed.";
  const cure = FORGIVEN.has(eventName)
    ? " To deploy despite this failure, use the option --ignore-application-stop-failures of sluice deploy or aws deploy create-deployment."
    : "";
  return `${sentence} ${whose}${cure}`;
}

function nameOf(revision: Revision): string {
  if (revision.from === "GitHub") {
    const { Account, Repository, CommitId } = revision.location;
    return `${Account}/${Repository} ${CommitId}`;
  }
  const { Bucket, Key, Version, ETag } = revision.location;
  const which = [Version && `version ${Version}`, ETag && `ETag ${ETag.replaceAll('"', "")}`].filter(Boolean);
  return `s3://${Bucket}/${Key}${which.length === 0 ? "" : ` (${which.join(", ")})`}`;
}
