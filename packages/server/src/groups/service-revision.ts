import { CallerFault } from "@sluice/model/caller-fault.ts";
import { invariant } from "@sluice/model/invariant.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { SpecFault } from "@sluice/model/service-app-spec/spec-fault.ts";
import { faultyAppSpec } from "./app-spec-faults.ts";
import type { ReadRevision } from "./read-revision.ts";

/** An AppSpec: its text, a file in S3, or an archive there with one AppSpec in it. */
export function checkServiceRevision(platform: "ECS" | "Lambda", revision: RevisionLocation): void {
  if (revision.revisionType !== "GitHub") return;
  throw new CallerFault(
    "InvalidRevisionException",
    `The revision is of the revisionType GitHub, which is for Server: on ${platform} give an appSpecContent, or an s3Location.`,
  );
}

/** What the revision's AppSpec says, by its platform's grammar; a faulty one is the caller's fault. */
export function appSpecOf<AppSpec>(
  revision: ReadRevision,
  read: (
    text: string,
  ) =>
    | { readonly outcome: "read"; readonly appSpec: AppSpec }
    | { readonly outcome: "faulty"; readonly faults: readonly SpecFault[] },
): AppSpec {
  invariant(revision.kind === "app-spec", "the server reads the AppSpecs of ECS and Lambda");
  const reading = read(revision.text);
  if (reading.outcome === "read") return reading.appSpec;
  throw faultyAppSpec(revision.from, reading.faults);
}
