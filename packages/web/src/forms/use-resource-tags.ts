import { applicationArn, deploymentGroupArn } from "@sluice/model/resource-arn.ts";
import { useOperation } from "../api/use-operation.ts";
import type { TagRow } from "./tag-rows.ts";
import { useAccount } from "./use-account.ts";

export type TaggedResource =
  | { readonly kind: "application"; readonly applicationName: string }
  | { readonly kind: "group"; readonly applicationName: string; readonly deploymentGroupName: string };

export interface ResourceTags {
  /** Undefined until they were read. */
  readonly rows: readonly TagRow[] | undefined;
  readonly arn: string | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** The tags of an application or a group itself. The API knows them by ARN; a resource has 50 at most, which is one page. */
export function useResourceTags(
  resource: TaggedResource,
  { isLive = true }: { readonly isLive?: boolean } = {},
): ResourceTags {
  const account = useAccount();
  const arn =
    account &&
    (resource.kind === "application"
      ? applicationArn(account, resource.applicationName)
      : deploymentGroupArn(account, resource.applicationName, resource.deploymentGroupName));
  const { data, error, refetch } = useOperation(
    "CodeDeploy",
    "ListTagsForResource",
    { ResourceArn: arn ?? "" },
    {
      enabled: arn !== undefined,
      ...(isLive && { live: { changed: resource.kind === "application" ? ["applications"] : ["groups"] } }),
    },
  );
  return {
    rows: data?.Tags?.map(({ Key, Value }) => ({ key: Key ?? "", value: Value ?? "" })) ?? (data && []),
    arn,
    error,
    refetch,
  };
}
