import type { TargetState } from "@sluice/engine/state.ts";
import type { ShiftTarget } from "@sluice/engine/strategies/shift/phase.ts";
import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import { type SqlBool, sql } from "kysely";
import { TARGET_STATE } from "./columns/target-columns.ts";
import { compiledQuery } from "./compiled-query.ts";
import { gatheredQuery } from "./gathered-query.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { inListParts } from "./in-list.ts";
import type { Store } from "./open-store.ts";

/** Rows of one insert statement: SQLite takes 32,766 parameters a statement, and a row here has up to nine. */
const INSERT_ROWS = 500;

/** What a target's state is read from. */
const STATE = ["deployment_id", "target_id", "state_json"] as const;

const targetsOfDeployment = compiledQuery((db, { deploymentId }: { readonly deploymentId: string }) =>
  db.selectFrom("targets").select(STATE).where("deployment_id", "=", deploymentId).orderBy("ordinal"),
);

const oneTarget = compiledQuery(
  (db, { deploymentId, targetId }: { readonly deploymentId: string; readonly targetId: string }) =>
    db.selectFrom("targets").select(STATE).where("deployment_id", "=", deploymentId).where("target_id", "=", targetId),
);

const updateTarget = compiledQuery(
  (db, values: { readonly deploymentId: string; readonly targetId: string } & Readonly<ReturnType<typeof columnsOf>>) =>
    db
      .updateTable("targets")
      .set({
        status: values.status,
        label: values.label,
        command_state: values.command_state,
        state_json: values.state_json,
        updated_at: values.updated_at,
      })
      .where("deployment_id", "=", values.deploymentId)
      .where("target_id", "=", values.targetId),
);

/** Each state a query of its own, so that either can be answered from the index alone. */
const COMMANDS_OF_HOST = { available: commandsOfHost("available"), acknowledged: commandsOfHost("acknowledged") };

function commandsOfHost(state: "available" | "acknowledged") {
  return gatheredQuery(
    (db, { key }) =>
      db
        .selectFrom("targets")
        .select(STATE)
        .where("target_id", "=", key)
        .where("type", "=", "host")
        .where("command_state", "=", state)
        .orderBy("updated_at"),
    (db, { keys }) =>
      db
        .selectFrom("targets")
        .select(STATE)
        .where(sql<SqlBool>`target_id = ANY(${keys})`)
        .where("type", "=", "host")
        .where("command_state", "=", state)
        .orderBy("updated_at"),
    (row) => row.target_id,
  );
}

/** In admission order; null when the deployment has not resolved its targets yet. */
export async function loadTargets({ db }: Pick<Store, "db">, deploymentId: string): Promise<TargetState[] | null> {
  const { rows } = await targetsOfDeployment(db, { deploymentId });
  return rows.length === 0 ? null : rows.map(TARGET_STATE.read);
}

/** For who has to go on where some cannot be read: those that can, and the ids of the others. */
export async function loadReadableTargets(
  { db }: Pick<Store, "db">,
  deploymentId: string,
): Promise<{ readonly readable: readonly TargetState[]; readonly unreadable: readonly string[] }> {
  const readable: TargetState[] = [];
  const unreadable: string[] = [];
  for (const row of (await targetsOfDeployment(db, { deploymentId })).rows) {
    const target = readableTarget(row);
    if (target) readable.push(target);
    else unreadable.push(row.target_id);
  }
  return { readable, unreadable };
}

/** From targets whose state cannot be read: nothing is known of them, and they are offered nothing more. */
export async function takeCommandsBack(
  { db }: WriteTransaction,
  deploymentId: string,
  targetIds: readonly string[],
): Promise<void> {
  for (const part of inListParts(targetIds)) {
    await db
      .updateTable("targets")
      .set({ status: "Unknown", command_state: null })
      .where("deployment_id", "=", deploymentId)
      .where("target_id", "in", part)
      .execute();
  }
}

export async function loadSomeTargets(
  { db }: Pick<Store, "db">,
  deploymentId: string,
  targetIds: readonly string[],
): Promise<TargetState[]> {
  const [targetId] = targetIds;
  if (targetId !== undefined && targetIds.length === 1) {
    const { rows } = await oneTarget(db, { deploymentId, targetId });
    return rows.map(TARGET_STATE.read);
  }
  const rows = await db
    .selectFrom("targets")
    .select(STATE)
    .where("deployment_id", "=", deploymentId)
    .where("target_id", "in", targetIds)
    .execute();
  return rows.map(TARGET_STATE.read);
}

/** The one target of each deployment that shifts traffic, by the deployment's id. */
export async function loadShiftingTargets(
  { db }: Pick<Store, "db">,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, ShiftTarget>> {
  const targets = new Map<string, ShiftTarget>();
  for (const part of inListParts(deploymentIds)) {
    const rows = await db
      .selectFrom("targets")
      .select(STATE)
      .where("deployment_id", "in", part)
      .where("type", "!=", "host")
      .execute();
    for (const row of rows) {
      const target = readableTarget(row);
      if (target && target.type !== "host") targets.set(row.deployment_id, target);
    }
  }
  return targets;
}

/** A list of many deployments is not lost for one of them: whoever reads that one alone is told what is wrong with it. */
function readableTarget(row: Parameters<typeof TARGET_STATE.read>[0]): TargetState | undefined {
  try {
    return TARGET_STATE.read(row);
  } catch (error) {
    if (error instanceof UnreadableColumn) return undefined;
    throw error;
  }
}

const workingTargets = compiledQuery((db, { deploymentId }: { readonly deploymentId: string }) =>
  db
    .selectFrom("targets")
    .select(STATE)
    .where("deployment_id", "=", deploymentId)
    .where("command_state", "in", ["routed", "acknowledged"])
    .orderBy("ordinal"),
);

/** Those that are in the middle of an event, whoever carries it out. */
export async function loadTargetsAtWork(
  { db }: Pick<Store, "db">,
  deploymentId: string,
): Promise<readonly TargetState[]> {
  const { rows } = await workingTargets(db, { deploymentId });
  return rows.map(TARGET_STATE.read);
}

export async function insertTargets(
  { db }: WriteTransaction,
  deploymentId: string,
  targets: readonly TargetState[],
): Promise<void> {
  const rows = targets.map((target, ordinal) => ({
    deployment_id: deploymentId,
    target_id: target.targetId,
    type: target.type,
    ordinal,
    ...columnsOf(target),
  }));
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    await db
      .insertInto("targets")
      .values(rows.slice(start, start + INSERT_ROWS))
      .execute();
  }
}

export async function updateTargets(
  { db, dialect }: WriteTransaction,
  deploymentId: string,
  targets: readonly TargetState[],
): Promise<void> {
  if (dialect === "postgres" && targets.length > 1) {
    for (let start = 0; start < targets.length; start += INSERT_ROWS) {
      await updateManyTargets(db, deploymentId, targets.slice(start, start + INSERT_ROWS));
    }
    return;
  }
  for (const target of targets) {
    await updateTarget(db, { deploymentId, targetId: target.targetId, ...columnsOf(target) });
  }
}

/** In one statement, whose text is the same for any number of them. */
async function updateManyTargets(
  db: WriteTransaction["db"],
  deploymentId: string,
  targets: readonly TargetState[],
): Promise<void> {
  const rows = targets.map(columnsOf);
  await sql`
    UPDATE targets SET
      status = new.status,
      label = new.label,
      command_state = new.command_state,
      state_json = new.state_json,
      updated_at = new.updated_at
    FROM unnest(
      ${targets.map(({ targetId }) => targetId)}::text[],
      ${rows.map(({ status }) => status)}::text[],
      ${rows.map(({ label }) => label)}::text[],
      ${rows.map(({ command_state }) => command_state)}::text[],
      ${rows.map(({ state_json }) => state_json)}::text[],
      ${rows.map(({ updated_at }) => updated_at)}::bigint[]
    ) AS new (target_id, status, label, command_state, state_json, updated_at)
    WHERE targets.deployment_id = ${deploymentId} AND targets.target_id = new.target_id`.execute(db);
}

function columnsOf(target: TargetState) {
  return {
    status: target.status,
    label: target.type === "host" ? target.label : null,
    command_state: commandState(target),
    state_json: TARGET_STATE.write(target),
    updated_at: target.updatedAt,
  };
}

function commandState({ command }: TargetState): "available" | "acknowledged" | "routed" | null {
  if (command === null) return null;
  if (command.by !== "agent") return "routed";
  return command.acknowledgedAt === null ? "available" : "acknowledged";
}

/** The commands that a host could be given or is running now, oldest deployment first. What is named like a host, and is none, has none. */
export async function loadCommandsOfHost(
  { db }: Pick<Store, "db">,
  targetId: string,
  state: "available" | "acknowledged",
): Promise<{ readonly deploymentId: string; readonly target: TargetState }[]> {
  const rows = await COMMANDS_OF_HOST[state](db, targetId);
  return rows.map((row) => ({ deploymentId: row.deployment_id, target: TARGET_STATE.read(row) }));
}
