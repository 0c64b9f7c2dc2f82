import { ELBV2_TABLE } from "../generated/elbv2-shapes.ts";
import type { QueryService } from "./query-service.ts";

export const ELBV2_SIGNING_NAME = "elasticloadbalancing";
export const ELBV2_VERSION = "2015-12-01";

export const ELBV2_SERVICE: QueryService = {
  signingName: ELBV2_SIGNING_NAME,
  version: ELBV2_VERSION,
  namespace: `http://elasticloadbalancing.amazonaws.com/doc/${ELBV2_VERSION}/`,
  table: ELBV2_TABLE,
  hasEmptyResults: true,
};
