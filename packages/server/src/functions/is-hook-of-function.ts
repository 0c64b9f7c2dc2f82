import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { namedFunction } from "./named-function.ts";

/** Whether the hook that an AppSpec names is this server's function of that name. A function of another account or region is another one. */
export function isHookOfFunction(hook: string, functionName: string, installation: ArnScope): boolean {
  return namedFunction(hook, installation)?.functionName === functionName;
}
