import { setImmediate as otherWork } from "node:timers/promises";
import { BucketFault } from "@sluice/bucket/store/bucket-fault.ts";
import type { ListedObject } from "@sluice/bucket/store/stored-object.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { BundleObject, ListBundlesInput, ListBundlesOutput } from "@sluice/wire/sluice/console-api.ts";
import { authorize } from "../../../access/authorize.ts";
import { FUNCTION_CODE_BUCKET } from "../../../functions/function-code-bucket.ts";
import { openPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { bundleTypeOf } from "./bundle-type.ts";

/** Objects of one answer. */
export const MAX_BUNDLES_LISTED = 1_000;
/** Objects that are looked at for one answer, whatever they are: other calls wait while a stretch of them is read. */
export const MAX_OBJECTS_LOOKED_AT = 10_000;

/** Objects of this server's own buckets that can be a revision, bucket after bucket in the order of their keys. */
export const listBundles: Operation<ListBundlesInput, ListBundlesOutput, SluiceContext> = async (input, context) => {
  const { bundles, principal } = context;
  const mayList = (bucket: string) => authorize(principal, "s3:ListBucket", `arn:aws:s3:::${bucket}`) === "allowed";
  const buckets =
    authorize(principal, "s3:ListAllMyBuckets", "*") === "allowed"
      ? bundles.buckets
          .listBuckets()
          .buckets.map(({ name }) => name)
          .filter((name) => name !== FUNCTION_CODE_BUCKET && mayList(name))
      : [];
  const asked = input.bucket === undefined ? buckets : [requireBucket(input.bucket, buckets)];
  const page = openPage(
    {
      operation: "ListBundles",
      input,
      token: input.nextToken,
      size: MAX_BUNDLES_LISTED,
      shape: ["string", "string"],
    },
    context,
  );
  const found = await search(asked, input.prefix, page.after, context);
  return {
    buckets,
    objects: found.objects.toSorted((one, other) => other.modifiedAt.getTime() - one.modifiedAt.getTime()),
    ...(found.next === undefined ? {} : { nextToken: page.tokenAfter(found.next) }),
  };
};

/** After which object an answer goes on. */
type Position = readonly [bucket: string, key: string];

async function search(
  asked: readonly string[],
  prefix = "",
  from: Position | undefined,
  { bundles }: SluiceContext,
): Promise<{ readonly objects: readonly BundleObject[]; readonly next?: Position }> {
  const objects: BundleObject[] = [];
  let lookedAt = 0;
  for (const bucket of asked) {
    if (from && bucket < from[0]) continue;
    let after: string | undefined = from?.[0] === bucket ? from[1] : "";
    while (after !== undefined) {
      if (lookedAt >= MAX_OBJECTS_LOOKED_AT || objects.length >= MAX_BUNDLES_LISTED) {
        return { objects, next: [bucket, after] };
      }
      const limit = MAX_BUNDLES_LISTED - objects.length;
      const page = pageOf(bundles.buckets, bucket, { prefix, delimiter: "", after, limit });
      lookedAt += page.rows.length;
      for (const row of page.rows) {
        if (bundleTypeOf(row.key) && bundles.driverElsewhere({ bucket, key: row.key }) === undefined) {
          objects.push(bundleObject(bucket, row));
        }
      }
      after = page.next;
      await otherWork();
    }
  }
  return { objects };
}

/** Of a bucket that was deleted meanwhile nothing. */
function pageOf(
  buckets: SluiceContext["bundles"]["buckets"],
  ...query: Parameters<SluiceContext["bundles"]["buckets"]["list"]>
): Pick<ReturnType<SluiceContext["bundles"]["buckets"]["list"]>, "rows" | "next"> {
  try {
    return buckets.list(...query);
  } catch (error) {
    if (error instanceof BucketFault && error.code === "NoSuchBucket") return { rows: [] };
    throw error;
  }
}

function bundleObject(bucket: string, { key, sizeBytes, etag, modifiedAt, versionId }: ListedObject): BundleObject {
  return {
    bucket,
    key,
    bytes: sizeBytes,
    eTag: etag,
    modifiedAt,
    ...(versionId === undefined ? {} : { versionId }),
  };
}

function requireBucket(bucket: string, buckets: readonly string[]): string {
  if (buckets.includes(bucket)) return bucket;
  const has = buckets.length === 0 ? "It has none that you may list" : `It has ${buckets.slice(0, 10).join(", ")}`;
  throw new CallerFault(
    "ValidationException",
    `bucket is ${excerpt(bucket)}, and this server has no bucket of that name. ${has}. Make one: aws s3 mb s3://NAME`,
  );
}
