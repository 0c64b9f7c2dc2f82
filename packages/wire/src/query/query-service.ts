import type { OperationTable } from "../shapes/shape.ts";

/** A service of AWS that speaks the query protocol (a form in, XML out), as its model describes it. */
export interface QueryService {
  /** In the credential scope of its signatures. */
  readonly signingName: string;
  /** The one version of its API that is served: `2011-06-15`. */
  readonly version: string;
  /** Of the root elements of its answers. */
  readonly namespace: string;
  readonly table: OperationTable;
  /** Whether an answer without members has a result all the same: botocore asks for one where the model has an (empty) output. */
  readonly hasEmptyResults: boolean;
}
