import { useOperation } from "../api/use-operation.ts";

export interface Account {
  readonly accountId: string;
  readonly region: string;
}

/** Whose resources these are, for the ARNs that the API wants; undefined until it is known. */
export function useAccount(): Account | undefined {
  const { data } = useOperation("Sluice", "GetCallerAccess", {}, { live: { changed: ["keys"] } });
  const accountId = data && /^arn:[^:]*:iam::(\d+):/.exec(data.arn)?.[1];
  return accountId === undefined || data === undefined ? undefined : { accountId, region: data.region };
}
