import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { LETTERS_AND_DIGITS, randomText } from "../access/random-text.ts";
import type { AccessKey } from "../store/access-keys.ts";
import { PROBE_TIMEOUT_MILLISECONDS } from "./hearing.ts";

const ID_CHARACTERS = 16;
const SECRET_CHARACTERS = 40;
/** What the server calls itself in its own heartbeats. No host can be called so: an identifier is an ARN. */
export const OWN_IDENTIFIER = "the-server-itself";

/** A key of this process alone: it is written nowhere, and opens nothing but the heartbeat. */
export function newOwnKey(): AccessKey {
  return {
    accessKeyId: `ASIA${randomText(LETTERS_AND_DIGITS, ID_CHARACTERS)}`,
    secretAccessKey: randomText(LETTERS_AND_DIGITS, SECRET_CHARACTERS),
    role: "server",
    hostId: null,
  };
}

export interface OwnHeartbeat {
  readonly region: string;
  readonly key: AccessKey;
  /** SHA-256 of the listeners' certificate; empty without TLS. */
  readonly serverFingerprints: readonly string[];
}

/** One heartbeat of the server's own through the listener at `url`, over a connection of its own. Rejects when it is not answered in time. */
export async function beat(url: string, { region, key, serverFingerprints }: OwnHeartbeat): Promise<void> {
  const connections = agentFor(url, { fingerprints: serverFingerprints });
  const client = sluiceClient({ endpoint: url, region, credentials: key, connections });
  try {
    const input = { hostIdentifier: OWN_IDENTIFIER, heldCommands: [] };
    await client.call("HostHeartbeat", input, { timeoutMs: PROBE_TIMEOUT_MILLISECONDS });
  } finally {
    connections.destroy();
  }
}
