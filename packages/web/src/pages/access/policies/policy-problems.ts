import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import type { PolicyDocument } from "@sluice/model/policy/policy-document.ts";
import { PolicyFault } from "@sluice/model/policy/policy-fault.ts";
import type { PolicyPlace } from "@sluice/model/policy/policy-limits.ts";
import { policyWarnings } from "@sluice/model/policy/policy-warnings.ts";
import type { TextProblem } from "../../../forms/text-editor.tsx";

export interface PolicyKnowledge {
  /** All actions that the server has; undefined where not all are known, so that none is called unknown. */
  readonly actions: readonly string[] | undefined;
  readonly accountId: string | undefined;
}

const PLACE_AT_END = / \(line \d+, column \d+\)$/;

/** What is wrong with a policy, and what of it can never matter: by the parser that the server reads it with. */
export function policyProblems(
  text: string,
  place: PolicyPlace,
  { actions, accountId }: PolicyKnowledge,
): readonly TextProblem[] {
  let document: PolicyDocument;
  try {
    document = parsePolicy(text, "", place);
  } catch (fault) {
    if (!(fault instanceof PolicyFault)) throw fault;
    const { path, problem, place: at } = fault;
    // The place has a button of its own.
    const message = `${path || "The policy"} ${problem.replace(PLACE_AT_END, "")}.`;
    return [{ severity: "error", line: at.line, column: at.column, message }];
  }
  return policyWarnings(document, actions ?? [], accountId)
    .filter(({ path }) => actions !== undefined || path.includes(".Condition."))
    .map(({ path, problem }) => ({ severity: "warning", line: null, message: `${path} ${problem}.` }));
}
