import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fullDisk } from "@sluice/model/disk-full.ts";
import type { AgentUpgradeReport, SignedAgentOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { replaceFile } from "../host/durable-file.ts";
import { AGENT_VERSION } from "../identity/agent-version.ts";
import { EnvelopeRefused, OtherCertificate, pinCertificate } from "../identity/envelope.ts";
import { describeFailure } from "../process/agent-log.ts";
import { fetchProgram } from "./fetch-program.ts";
import { OfferRefused } from "./offer-refused.ts";
import { openOffer } from "./open-offer.ts";
import { beginTrial } from "./trial-files.ts";
import { tryProgram } from "./try-program.ts";
import type { AgentUpgradeParts } from "./upgrade-parts.ts";

/** In the agent's directory: `{ signedAt }` of the last offer that was taken, so that no earlier one is. */
const LAST_OFFER_FILE = "upgrade-offer.json";
/** Of the report. */
const MAX_REASON_CHARACTERS = 400;

export interface TakingParts extends Omit<AgentUpgradeParts, "onSwitch" | "programs"> {
  readonly programs: string;
  readonly platform: string;
  readonly isDealtWith: (upgradeId: string) => boolean;
  readonly say: (report: AgentUpgradeReport) => void;
}

export interface TakenOffer {
  /** Undefined: the offer could not be read. */
  readonly upgradeId: string | undefined;
  readonly report: AgentUpgradeReport;
}

/** Puts the offered program beside the one that runs, for the supervisor to switch to. Undefined: there is nothing to say. */
export async function takeOffer(signed: SignedAgentOffer, parts: TakingParts): Promise<TakenOffer | undefined> {
  const { directory, programs, stopping, say, log } = parts;
  let upgradeId: string | undefined;
  // What is not signed names a refusal, and nothing else.
  let version = signed.version ?? "";
  try {
    const offer = openOffer(signed, {
      pinned: pinCertificate(parts.signingCertificate),
      hostIdentifier: parts.hostIdentifier,
      platform: parts.platform,
      version: AGENT_VERSION,
      now: parts.now(),
      lastSignedAt: lastSignedAt(directory),
    });
    ({ upgradeId, version } = offer);
    if (parts.isDealtWith(upgradeId)) return undefined;
    if (version === AGENT_VERSION) return { upgradeId, report: { version, state: "done" } };
    log.info("the server offers another version of this agent", { version, bytes: offer.bytes });
    replaceFile(join(directory, LAST_OFFER_FILE), `${JSON.stringify({ signedAt: offer.signedAt })}\n`);
    say({ version, state: "downloading" });
    const file = await fetchProgram(offer, { programs, source: parts.source, signal: stopping });
    try {
      await tryProgram(file, version);
      const { sha256, isDowngrade } = offer;
      beginTrial(directory, { version, from: AGENT_VERSION, sha256, isDowngrade });
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
    return { upgradeId, report: { version, state: "restarted" } };
  } catch (error) {
    // It is taken after the next start.
    if (stopping.aborted) return undefined;
    const offered = (error instanceof OfferRefused ? error.version : undefined) ?? version;
    return { upgradeId, report: { version: offered, state: "failed", reason: reasonOf(error, parts) } };
  }
}

type Places = Pick<TakingParts, "directory" | "programs">;

function reasonOf(error: unknown, places: Places): string {
  return wholeReason(error, places).slice(0, MAX_REASON_CHARACTERS);
}

function wholeReason(error: unknown, { directory, programs }: Places): string {
  if (error instanceof OtherCertificate) {
    return "the server signs with another certificate than when this host enrolled, so the host believes neither its programs nor its deployments. Give the server its former database back (sluice restore), or join each such host again: sudo sluice agent uninstall, then the line of `sluice token create`";
  }
  const where = `${programs} and ${directory}`;
  if (fullDisk(error) !== null) {
    return `the disk of ${where} is full. Free space on it, then start the upgrade again: df -h ${programs} ${directory}`;
  }
  if (error instanceof Error && (error as NodeJS.ErrnoException).code === "EROFS") {
    return `${where} have to be writable, and one of them is not (${error.message}): findmnt -T ${programs}`;
  }
  if (error instanceof EnvelopeRefused) return `the server's offer cannot be opened: ${error.reason}`;
  return describeFailure(error);
}

function lastSignedAt(directory: string): string | undefined {
  try {
    const { signedAt } = JSON.parse(readFileSync(join(directory, LAST_OFFER_FILE), "utf8")) as { signedAt?: unknown };
    return typeof signedAt === "string" && !Number.isNaN(Date.parse(signedAt)) ? signedAt : undefined;
  } catch {
    return undefined;
  }
}
