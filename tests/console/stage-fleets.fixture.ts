import type { SluiceClient } from "@sluice/wire/client/clients.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { PlayedHost, PlayedHosts } from "./played-hosts.fixture.ts";

const REGION = "eu-central-1";
const ZONES = ["a", "b", "c"] as const;

export const FLEETS = {
  blue: ["billing-web-blue-01", "billing-web-blue-02"],
  green: ["billing-web-green-01", "billing-web-green-02"],
  /** They go away when everything is deployed. */
  dark: ["search-index-c-01", "checkout-staging-b-02"],
} as const;

export interface Fleet {
  readonly tags: readonly Tag[];
  readonly hosts: readonly PlayedHost[];
}

/** @param webHosts of checkout's production */
export function fleetsOf(webHosts: number): readonly Fleet[] {
  return [
    fleet("checkout-web", webHosts, { App: "checkout", Role: "web", Env: "production", Team: "payments" }),
    fleet("checkout-staging", 6, { App: "checkout", Role: "web", Env: "staging" }),
    fleet("search-api", 12, { App: "search", Role: "api", Env: "production", Team: "discovery" }),
    fleet("search-index", 4, { App: "search", Role: "indexer", Env: "production" }),
    fleet("billing-worker", 5, { App: "billing", Role: "worker", Env: "production" }),
    named(FLEETS.blue, { App: "billing", Fleet: "blue", Env: "production" }),
    named(FLEETS.green, { App: "billing", Fleet: "green", Env: "production" }),
  ];
}

/** `web-a-01`, `web-b-01`, `web-c-01`, `web-a-02`, …: the zones in turn. */
function fleet(prefix: string, count: number, tags: Readonly<Record<string, string>>): Fleet {
  const digits = String(Math.ceil(count / ZONES.length)).length;
  const names = Array.from({ length: count }, (_, index) => {
    const number = Math.floor(index / ZONES.length) + 1;
    return `${prefix}-${ZONES[index % ZONES.length]}-${String(number).padStart(Math.max(2, digits), "0")}`;
  });
  return named(names, tags);
}

function named(names: readonly string[], tags: Readonly<Record<string, string>>): Fleet {
  const hosts = names.map((name, index): PlayedHost => {
    const zone = index % ZONES.length;
    const address = `10.${20 + zone}.${Math.floor(index / 250)}.${10 + (index % 240)}`;
    return { name, zone: `${REGION}${ZONES[zone]}`, address };
  });
  return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })), hosts };
}

const TOKEN_LIFE_SECONDS = 86_400;

export async function enrolFleets(
  server: string,
  sluice: SluiceClient,
  hosts: PlayedHosts,
  fleets: readonly Fleet[],
): Promise<void> {
  const enrol = async (each: Fleet) => {
    const uses = each.hosts.length;
    const wanted = { uses, tags: each.tags, expiresInSeconds: TOKEN_LIFE_SECONDS };
    const { token } = await sluice.call("CreateEnrolmentToken", wanted);
    await hosts.enrol({ server, token, hosts: each.hosts });
  };
  await Promise.all(fleets.map(enrol));
}
