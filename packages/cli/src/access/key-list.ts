import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatAge, formatTable, formatUntil } from "../terminal/printing.ts";

interface ListOptions extends ClientOptions {
  readonly user?: string;
  readonly hosts?: boolean;
}

export function defineKeyList(command: Command): void {
  const list = command.command("list").description("list the keys of people and pipelines, without their secrets");
  list
    .option("--user <name>", "only the keys of this user")
    .option("--hosts", "also list the keys that hosts enrolled for");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice keys list", "sluice keys list --user ci");
  list.action(async (options: ListOptions) => {
    using connection = connect(options);
    const accessKeys: AccessKeySummary[] = [];
    let nextToken: string | undefined;
    do {
      const input = { userName: options.user, includeHosts: options.hosts, nextToken };
      const page = await connection.sluice.call("ListAccessKeys", input);
      accessKeys.push(...page.accessKeys);
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    if (options.json) printJson(accessKeys);
    else if (accessKeys.length === 0) print("No keys. Create one: sluice keys create --help");
    else print(formatKeys(accessKeys, Date.now()));
  });
}

function formatKeys(accessKeys: readonly AccessKeySummary[], now: number): string {
  return formatTable(
    ["ID", "MAY", "STATUS", "LAST USED", "CREATED", "DESCRIPTION"],
    accessKeys.map((key) => [
      key.accessKeyId,
      rightsOf(key),
      statusOf(key, now),
      key.lastUsedAt ? `${formatAge(now - key.lastUsedAt.getTime())}, ${key.lastUsedService ?? "-"}` : "-",
      formatAge(now - key.createdAt.getTime()),
      key.description ?? "-",
    ]),
  );
}

function rightsOf({ role, userName, policyNames = [], hostName, hostId }: AccessKeySummary): string {
  if (role === "user") return `${userName}: ${policyNames.join(", ") || "nothing"}`;
  return role === "host" ? `host ${hostName ?? hostId ?? "-"}` : role;
}

function statusOf({ status, expiresAt }: AccessKeySummary, now: number): string {
  if (status !== "Active") return "disabled";
  if (!expiresAt) return "active";
  const left = expiresAt.getTime() - now;
  return left <= 0 ? "expired" : `expires ${formatUntil(left)}`;
}
