import { ELBV2_SERVICE } from "./elbv2-service.ts";
import { IAM_SERVICE } from "./iam-service.ts";
import type { QueryService } from "./query-service.ts";
import { STS_SERVICE } from "./sts-service.ts";

/** All that is served by the query protocol. */
export const QUERY_SERVICES: readonly QueryService[] = [STS_SERVICE, IAM_SERVICE, ELBV2_SERVICE];
