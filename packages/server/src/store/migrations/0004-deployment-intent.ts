import { type Kysely, sql } from "kysely";

/** Rows that one statement reads: the history of a large installation does not fit into memory. */
const PAGE_ROWS = 500;

/** What a request holds that GetDeployment must never show. */
const INTENT_MEMBERS = ["rollBackAfterStop", "onlyHosts"] as const;

interface RequestRow {
  readonly deployment_id: string;
  readonly request_json: string;
}

interface ChangedRow extends RequestRow {
  readonly intent_json: string;
}

/**
 * Gives what is meant by a deployment, and is not for callers, a column of its own. Few deployments have any, so that few rows are written. Not
 * by the databases' own JSON: PostgreSQL's refuses texts that JSON may hold (`\u0000`, half a surrogate pair).
 */
export async function up(db: Kysely<unknown>, dialect: "sqlite" | "postgres"): Promise<void> {
  await sql`ALTER TABLE deployments ADD COLUMN intent_json text`.execute(db);
  for (let after = ""; ; ) {
    const rows = await requestsAfter(db, after);
    const last = rows.at(-1);
    if (!last) return;
    after = last.deployment_id;
    await save(db, dialect, rows.flatMap(split));
  }
}

/** Without a word of what is looked for: the databases would then read all rows for each page. */
async function requestsAfter(db: Kysely<unknown>, after: string): Promise<readonly RequestRow[]> {
  const { rows } = await sql<RequestRow>`
    SELECT deployment_id, request_json FROM deployments
    WHERE deployment_id > ${after} ORDER BY deployment_id LIMIT ${sql.lit(PAGE_ROWS)}`.execute(db);
  return rows;
}

/** What is no JSON object stays as it is, for its readers to refuse. */
function split({ deployment_id, request_json }: RequestRow): ChangedRow[] {
  const request = INTENT_MEMBERS.some((name) => request_json.includes(name)) ? objectOf(request_json) : undefined;
  if (!request) return [];
  const intent: Record<string, unknown> = {};
  for (const name of INTENT_MEMBERS) {
    if (!Object.hasOwn(request, name)) continue;
    intent[name] = request[name];
    delete request[name];
  }
  if (Object.keys(intent).length === 0) return [];
  return [{ deployment_id, request_json: JSON.stringify(request), intent_json: JSON.stringify(intent) }];
}

function objectOf(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

async function save(db: Kysely<unknown>, dialect: "sqlite" | "postgres", rows: readonly ChangedRow[]): Promise<void> {
  if (dialect === "postgres" && rows.length > 0) {
    await sql`
      UPDATE deployments SET request_json = new.request_json, intent_json = new.intent_json
      FROM unnest(
        ${rows.map((row) => row.deployment_id)}::text[],
        ${rows.map((row) => row.request_json)}::text[],
        ${rows.map((row) => row.intent_json)}::text[]
      ) AS new (deployment_id, request_json, intent_json)
      WHERE deployments.deployment_id = new.deployment_id`.execute(db);
    return;
  }
  for (const { deployment_id, request_json, intent_json } of rows) {
    await sql`
      UPDATE deployments SET request_json = ${request_json}, intent_json = ${intent_json}
      WHERE deployment_id = ${deployment_id}`.execute(db);
  }
}
