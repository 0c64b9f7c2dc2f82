import type { Kysely } from "kysely";
import { up as firstTables } from "./migrations/0001-first-tables.ts";
import { up as removedDeployments } from "./migrations/0002-removed-deployments.ts";
import { up as targetTypes } from "./migrations/0003-target-types.ts";
import { up as deploymentIntent } from "./migrations/0004-deployment-intent.ts";
import { up as loadBalancers } from "./migrations/0005-load-balancers.ts";
import { up as containerServices } from "./migrations/0006-container-services.ts";
import { up as functions } from "./migrations/0007-functions.ts";
import { up as consoleTables } from "./migrations/0008-console.ts";
import { up as access } from "./migrations/0009-access.ts";
import { up as agentUpgrades } from "./migrations/0010-agent-upgrades.ts";

export type Dialect = "sqlite" | "postgres";

/** A step of the schema. Once it has left the machine on which it was written it is never edited: a change is a new step. */
export interface Migration {
  readonly name: string;
  readonly up: (db: Kysely<unknown>, dialect: Dialect) => Promise<void>;
  /**
   * SHA-256 of the SQL that it sends to an empty database, for each database (`migrationChecksum`). A unit test holds them against the
   * code, so that an edited step fails the build; the server holds them against what its database has noted.
   */
  readonly checksums: Readonly<Record<Dialect, string>>;
}

/** In the order in which they run. For a new one write `checksums` with empty texts: the unit test beside this file names the right ones. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: "0001-first-tables",
    up: firstTables,
    checksums: {
      sqlite: "ade16a86c2db87d1c360793141697bb3331a7b94212f0577430de53d4e6de67b",
      postgres: "c4044fd22f82952d4f4a151e5ecfce101ca7801f7fcf4bb65a63faebbbb27932",
    },
  },
  {
    name: "0002-removed-deployments",
    up: removedDeployments,
    checksums: {
      sqlite: "bfb99df2eea8b82948577f844a3fc39dac53f4a4a7fbd8709f9b069d8e331278",
      postgres: "bfb99df2eea8b82948577f844a3fc39dac53f4a4a7fbd8709f9b069d8e331278",
    },
  },
  {
    name: "0003-target-types",
    up: targetTypes,
    checksums: {
      sqlite: "1a69909b297ac8a883f14075a3365975150963dd32660e0b19138dada0358534",
      postgres: "1a69909b297ac8a883f14075a3365975150963dd32660e0b19138dada0358534",
    },
  },
  {
    name: "0004-deployment-intent",
    up: deploymentIntent,
    checksums: {
      sqlite: "fa033295a8f74e6a51000f6c9d84807de70f14ca29154820250a0fff7d2863c2",
      postgres: "d28357dbcbc252a0609da742fa239cf36734c5e8e9f08e29652286aedf092ede",
    },
  },
  {
    name: "0005-load-balancers",
    up: loadBalancers,
    checksums: {
      sqlite: "f91e0a5233a508829835c3e079d644ee72dbee9c6364acb2da486c77ee5eb866",
      postgres: "f91e0a5233a508829835c3e079d644ee72dbee9c6364acb2da486c77ee5eb866",
    },
  },
  {
    name: "0006-container-services",
    up: containerServices,
    checksums: {
      sqlite: "5efd1c3b2cf31aa9a78c799d1186bd02c4434d117a093c45363ebed5f9f83b7f",
      postgres: "5efd1c3b2cf31aa9a78c799d1186bd02c4434d117a093c45363ebed5f9f83b7f",
    },
  },
  {
    name: "0007-functions",
    up: functions,
    checksums: {
      sqlite: "cf434bf77f4270bd4c17ea45613acbb1b7cc4bcc502cf04d7523cd2f698bcaf0",
      postgres: "cf434bf77f4270bd4c17ea45613acbb1b7cc4bcc502cf04d7523cd2f698bcaf0",
    },
  },
  {
    name: "0008-console",
    up: consoleTables,
    checksums: {
      sqlite: "3a3c3efd9eeca92da47b670311f87d302440336ab30a9c571dac60777b0cb6b0",
      postgres: "3a3c3efd9eeca92da47b670311f87d302440336ab30a9c571dac60777b0cb6b0",
    },
  },
  {
    name: "0009-access",
    up: access,
    checksums: {
      sqlite: "d8ca2ceac1f51a47bfef95a0bd6458cfd8e3fd0781f76ffb9dd916fc13fd4c95",
      postgres: "d8ca2ceac1f51a47bfef95a0bd6458cfd8e3fd0781f76ffb9dd916fc13fd4c95",
    },
  },
  {
    name: "0010-agent-upgrades",
    up: agentUpgrades,
    checksums: {
      sqlite: "d36980be769bd645f4211d02bea82ec5a8b75cb394b7f54dfb1de4d34b60f911",
      postgres: "d36980be769bd645f4211d02bea82ec5a8b75cb394b7f54dfb1de4d34b60f911",
    },
  },
];
