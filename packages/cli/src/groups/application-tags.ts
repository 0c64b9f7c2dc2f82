import { text } from "node:stream/consumers";
import { applicationArn } from "@sluice/model/resource-arn.ts";
import type { Connection as ServerConnection } from "@sluice/wire/config/connection.ts";
import { STS_SIGNING_NAME, STS_VERSION } from "@sluice/wire/query/sts-service.ts";
import { allPages, collected } from "../place/all-pages.ts";
import type { Connection } from "../place/server-connection.ts";
import { signedDoor } from "../place/signed-door.ts";
import type { formatTags } from "../terminal/printing.ts";

const ANSWER_TIMEOUT_MILLISECONDS = 10_000;

export type ResourceTag = Parameters<typeof formatTags>[0][number];

/** The API reads tags by ARN, which has the account in it. */
export async function applicationTags({ server, codeDeploy }: Connection, name: string): Promise<ResourceTag[]> {
  const scope = { region: server.region, accountId: await accountOf(server) };
  const ResourceArn = applicationArn(scope, name);
  const tags = allPages(
    async (NextToken) => {
      const page = await codeDeploy.call("ListTagsForResource", { ResourceArn, NextToken });
      return { tags: page.Tags, nextToken: page.NextToken };
    },
    (page) => page.tags,
  );
  return collected(tags);
}

/** As `aws sts get-caller-identity` asks for it. */
async function accountOf(server: ServerConnection): Promise<string> {
  using door = signedDoor(server, "sts", STS_SIGNING_NAME);
  const path = `?Action=GetCallerIdentity&Version=${STS_VERSION}`;
  const answer = await door.get(path, { timeoutMs: ANSWER_TIMEOUT_MILLISECONDS });
  const account = /<Account>(\d+)<\/Account>/.exec(await text(answer))?.[1];
  if (account !== undefined) return account;
  throw new Error(
    `${door.endpoint} does not say which account this is: GetCallerIdentity answered HTTP ${answer.statusCode}`,
  );
}
