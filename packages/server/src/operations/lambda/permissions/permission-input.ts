import type { AddPermissionRequest } from "@aws-sdk/client-lambda";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_STATEMENT_ID_CHARACTERS } from "@sluice/model/lambda-limits.ts";
import type { PermissionStatement } from "../../../store/columns/lambda-columns.ts";
import { invalid } from "../checks/lambda-faults.ts";

const STATEMENT_ID = /^[a-zA-Z0-9-_]+$/;
const ACTION = "lambda:InvokeFunction";
/** Who else may invoke is in access keys' roles, and not in policies. */
const BALANCERS = "elasticloadbalancing.amazonaws.com";
const SOURCE_ARN = /^arn:aws[a-zA-Z-]*:[a-zA-Z0-9-]+:[a-z0-9-]*:(\d{12})?:[\x21-\x7e]{1,256}$/;
const ACCOUNT = /^\d{12}$/;

export function readStatementId(id: string | undefined): string {
  if (id !== undefined && id.length <= MAX_STATEMENT_ID_CHARACTERS && STATEMENT_ID.test(id)) return id;
  throw invalid(
    `StatementId ${excerpt(JSON.stringify(id ?? ""))} is not valid: give at most ${MAX_STATEMENT_ID_CHARACTERS} letters, digits, - and _.`,
  );
}

export function readStatement({
  Action,
  Principal,
  SourceArn,
  SourceAccount,
}: AddPermissionRequest): PermissionStatement {
  if (Action !== ACTION) {
    throw invalid(`Action ${excerpt(JSON.stringify(Action ?? ""))} is not supported: give ${ACTION}.`);
  }
  if (Principal !== BALANCERS) {
    throw invalid(
      `Principal ${excerpt(JSON.stringify(Principal ?? ""))} is not supported: a policy lets load balancers invoke, and everybody else needs a key of this server. Give ${BALANCERS}.`,
    );
  }
  if (SourceArn !== undefined && !SOURCE_ARN.test(SourceArn)) {
    throw invalid(`SourceArn ${excerpt(JSON.stringify(SourceArn))} is no ARN: give that of a target group.`);
  }
  if (SourceAccount !== undefined && !ACCOUNT.test(SourceAccount)) {
    throw invalid(`SourceAccount ${excerpt(JSON.stringify(SourceAccount))} is no account: give 12 digits.`);
  }
  return { action: ACTION, principal: BALANCERS, sourceArn: SourceArn ?? null, sourceAccount: SourceAccount ?? null };
}
