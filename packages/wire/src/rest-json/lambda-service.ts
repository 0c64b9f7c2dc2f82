import { LAMBDA_HTTP, LAMBDA_TABLE, UNSERVED_LAMBDA_OPERATIONS } from "../generated/lambda-shapes.ts";
import type { RestService } from "./rest-service.ts";

export const LAMBDA_SIGNING_NAME = "lambda";

export const LAMBDA_SERVICE: RestService = {
  signingName: LAMBDA_SIGNING_NAME,
  table: LAMBDA_TABLE,
  http: LAMBDA_HTTP,
  unserved: UNSERVED_LAMBDA_OPERATIONS,
};
