import type { HttpBindings } from "../shapes/http-binding.ts";
import type { OperationTable } from "../shapes/shape.ts";

/** A service of AWS that speaks REST-JSON: the method and the path name the operation, and members are in path, query, headers and body. */
export interface RestService {
  /** In the credential scope of its signatures. */
  readonly signingName: string;
  readonly table: OperationTable;
  readonly http: HttpBindings;
  /** Operations that AWS has, and this server does not: their methods and paths. */
  readonly unserved: Readonly<Record<string, readonly [method: string, path: string]>>;
}
