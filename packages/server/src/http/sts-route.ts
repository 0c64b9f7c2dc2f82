import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import {
  parseQueryCall,
  type QueryAnswer,
  serialiseQueryAnswer,
  serialiseQueryFault,
} from "@sluice/wire/query/query-protocol.ts";
import { type CallerIdentity, STS_SERVICE } from "@sluice/wire/query/sts-service.ts";
import type { Principal } from "../access/principal.ts";
import { callerArn } from "./caller-arn.ts";

export interface StsDependencies {
  readonly accountId: string;
}

/** GetCallerIdentity, which tools call first: who the key is, in the shape of an IAM user. */
export function answerSts(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
  principal: Principal,
  requestId: string,
  { accountId }: StsDependencies,
): void {
  const answer = identify(request, body, principal, requestId, accountId);
  response.writeHead(answer.status, { ...answer.headers, "content-length": String(Buffer.byteLength(answer.body)) });
  response.end(answer.body);
}

function identify(
  request: IncomingMessage,
  body: Uint8Array,
  principal: Principal,
  requestId: string,
  accountId: string,
): QueryAnswer {
  try {
    const { operation } = parseQueryCall(STS_SERVICE, {
      method: request.method ?? "GET",
      path: request.url ?? "/",
      body,
    });
    return serialiseQueryAnswer(STS_SERVICE, operation, identityOf(principal, accountId), requestId);
  } catch (error) {
    if (error instanceof CallerFault) return serialiseQueryFault(error, requestId, STS_SERVICE.namespace);
    throw error;
  }
}

function identityOf(principal: Principal, accountId: string): CallerIdentity {
  const userId = principal.role === "root" ? accountId : principal.accessKeyId;
  return { Account: accountId, Arn: callerArn(principal, accountId), UserId: userId };
}
