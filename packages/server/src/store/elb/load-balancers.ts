import type { Tag } from "@sluice/model/tag-filter.ts";
import type { Kysely, Selectable } from "kysely";
import {
  type ElbAttributes,
  LOAD_BALANCER_ATTRIBUTES,
  LOAD_BALANCER_BODY,
  LOAD_BALANCER_TAGS,
  type LoadBalancerBody,
} from "../columns/elb-columns.ts";
import type { Database } from "../schema.ts";
import type { ElbLoadBalancersTable } from "./elb-tables.ts";

export interface LoadBalancer extends LoadBalancerBody {
  readonly arn: string;
  readonly name: string;
  readonly type: ElbLoadBalancersTable["type"];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Those that were set. */
  readonly attributes: ElbAttributes;
  readonly tags: readonly Tag[];
}

/** In the order of their names. */
export async function readLoadBalancers(db: Kysely<Database>): Promise<readonly LoadBalancer[]> {
  const rows = await db.selectFrom("elb_load_balancers").selectAll().orderBy("name").execute();
  return rows.map(loadBalancerOf);
}

/** New, or instead of the one with its ARN. */
export async function saveLoadBalancer(db: Kysely<Database>, loadBalancer: LoadBalancer): Promise<void> {
  const row = rowOf(loadBalancer);
  await db
    .insertInto("elb_load_balancers")
    .values(row)
    .onConflict((conflict) => conflict.column("load_balancer_arn").doUpdateSet(row))
    .execute();
}

/** With its listeners and their rules. */
export async function removeLoadBalancer(db: Kysely<Database>, arn: string): Promise<void> {
  const listeners = db.selectFrom("elb_listeners").select("listener_arn").where("load_balancer_arn", "=", arn);
  await db.deleteFrom("elb_rules").where("listener_arn", "in", listeners).execute();
  await db.deleteFrom("elb_listeners").where("load_balancer_arn", "=", arn).execute();
  await db.deleteFrom("elb_load_balancers").where("load_balancer_arn", "=", arn).execute();
}

function loadBalancerOf(row: Selectable<ElbLoadBalancersTable>): LoadBalancer {
  return {
    arn: row.load_balancer_arn,
    name: row.name,
    type: row.type,
    createdAt: row.created_at,
    ...LOAD_BALANCER_BODY.read(row),
    attributes: LOAD_BALANCER_ATTRIBUTES.read(row),
    tags: LOAD_BALANCER_TAGS.read(row),
  };
}

function rowOf(of: LoadBalancer): Selectable<ElbLoadBalancersTable> {
  const { scheme, subnets, securityGroups } = of;
  return {
    load_balancer_arn: of.arn,
    name: of.name,
    type: of.type,
    created_at: of.createdAt,
    body_json: LOAD_BALANCER_BODY.write({ scheme, subnets, securityGroups }),
    attributes_json: LOAD_BALANCER_ATTRIBUTES.write(of.attributes),
    tags_json: LOAD_BALANCER_TAGS.write(of.tags),
  };
}
