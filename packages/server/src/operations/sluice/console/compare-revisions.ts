import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import type { CompareRevisionsInput, CompareRevisionsOutput } from "@sluice/wire/sluice/console-api.ts";
import { requireApplication } from "../../codedeploy/checks/known-resources.ts";
import { requireRevision } from "../../codedeploy/checks/revision-input.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { revisionContent } from "./revision-content.ts";
import { revisionDifference } from "./revision-difference.ts";

/** What differs between two revisions of an application: files, AppSpecs, and what they deploy. */
export const compareRevisions: Operation<CompareRevisionsInput, CompareRevisionsOutput, SluiceContext> = async (
  input,
  context,
) => {
  const application = await requireApplication(context.store.db, requireApplicationName(input.applicationName));
  const from = requireRevision(input.from, "from");
  const to = requireRevision(input.to, "to");
  const before = await revisionContent(from, application, context);
  const after = revisionKey(from) === revisionKey(to) ? before : await revisionContent(to, application, context);
  return { difference: revisionDifference(before, after) };
};
