import { DEFAULT_SERVICE_LIMITS, type ServiceLimits } from "@sluice/model/service-limits.ts";
import { useOperation } from "../api/use-operation.ts";

/** What this server allows, as sluice.yml has it; AWS's limits until it is known, since the server decides in any case. */
export function useServiceLimits(): ServiceLimits {
  const { data } = useOperation("Sluice", "GetCallerAccess", {}, { live: { changed: ["keys"] } });
  return data?.limits ?? DEFAULT_SERVICE_LIMITS;
}
