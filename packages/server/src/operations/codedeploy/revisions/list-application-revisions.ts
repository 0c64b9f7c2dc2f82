import type { ListApplicationRevisionsInput, ListApplicationRevisionsOutput } from "@aws-sdk/client-codedeploy";
import { MAX_KEY_BYTES } from "@sluice/bucket/store/bucket-name.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { groupNamesByTargetRevision } from "../../../store/deployment-groups.ts";
import { listRevisions } from "../../../store/revisions.ts";
import { openPage } from "../../listed-page.ts";
import { requireApplication } from "../checks/known-resources.ts";
import { withoutContent } from "../checks/revision-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

const COLUMNS = {
  registerTime: "registered_at",
  firstUsedTime: "first_used_at",
  lastUsedTime: "last_used_at",
} as const;
const DIRECTIONS = { ascending: "asc", descending: "desc" } as const;
const DEPLOYED = { include: "include", exclude: "exclude", ignore: "ignore" } as const;

/** Oldest registration first, unless told otherwise. `deployed` is about what groups have now, not about what was ever deployed. */
export const listApplicationRevisions: CodeDeployOperation<
  ListApplicationRevisionsInput,
  ListApplicationRevisionsOutput
> = async (input, context) => {
  const { db } = context.store;
  const name = requireApplicationName(input.applicationName);
  const orderBy = choose("sortBy", input.sortBy ?? "registerTime", COLUMNS, "InvalidSortByException");
  const direction = choose("sortOrder", input.sortOrder ?? "ascending", DIRECTIONS, "InvalidSortOrderException");
  const deployed = choose("deployed", input.deployed ?? "ignore", DEPLOYED, "InvalidDeployedStateFilterException");
  if (input.s3Bucket === "") {
    throw new CallerFault("InvalidBucketNameFilterException", "s3Bucket is empty: name a bucket, or leave it out.");
  }
  checkKeyPrefix(input.s3KeyPrefix);
  const page = openPage(
    {
      operation: "ListApplicationRevisions",
      input,
      token: input.nextToken,
      size: PAGE_ITEMS,
      shape: ["number", "string"],
    },
    context,
  );
  const [at, key] = page.after ?? [];
  const { application_id: applicationId } = await requireApplication(db, name);
  const current = deployed === "ignore" ? [] : [...(await groupNamesByTargetRevision(db, applicationId)).keys()];
  const listed = await listRevisions(db, {
    applicationId,
    s3Bucket: input.s3Bucket,
    s3KeyPrefix: input.s3KeyPrefix,
    only: deployed === "include" ? current : undefined,
    except: deployed === "exclude" ? current : undefined,
    orderBy,
    direction,
    after: at === undefined || key === undefined ? undefined : { at, key },
    limit: page.limit,
  });
  const { items, nextToken } = page.cut(listed, (revision) => [revision.at, revision.key]);
  return {
    revisions: items.map(({ location }) => withoutContent(location)),
    nextToken,
  };
};

function checkKeyPrefix(prefix = ""): void {
  const bytes = Buffer.byteLength(prefix);
  if (bytes <= MAX_KEY_BYTES) return;
  throw new CallerFault(
    "InvalidKeyPrefixFilterException",
    `s3KeyPrefix has ${bytes} bytes, and no key has more than ${MAX_KEY_BYTES}: shorten it.`,
  );
}

function choose<Choices extends Record<string, string>>(
  field: string,
  value: string,
  choices: Choices,
  code: FaultCode,
): Choices[keyof Choices] {
  if (Object.hasOwn(choices, value)) return choices[value as keyof Choices];
  throw new CallerFault(code, `${field} is "${excerpt(value)}": use one of ${Object.keys(choices).join(", ")}.`);
}
