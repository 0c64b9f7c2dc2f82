import type { StsOperations } from "@sluice/wire/query/sts-service.ts";
import type { Operation } from "../operation.ts";
import { assumeRole } from "./assume-role.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

/** The operations of STS, by their names on the wire. */
export const STS_HANDLERS: {
  readonly [Name in keyof StsOperations]: Operation<StsOperations[Name]["input"], StsOperations[Name]["output"]>;
} = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
};
