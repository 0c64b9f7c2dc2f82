import { compareVersions } from "@sluice/model/compare-versions.ts";
import {
  AGENT_OFFER_KIND,
  type AgentProgramOffer,
  type SignedAgentOffer,
} from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { openEnvelope, type PinnedCertificate } from "../identity/envelope.ts";
import { OfferRefused } from "./offer-refused.ts";

/** An offer that was signed longer ago is an old one that somebody kept. Servers sign anew every ten minutes. */
export const MAX_OFFER_AGE_MILLISECONDS = 3_600_000;
const SHA256 = /^[0-9a-f]{64}$/;

export interface OfferContext {
  readonly pinned: PinnedCertificate;
  readonly hostIdentifier: string;
  readonly platform: string;
  readonly version: string;
  /** By the server's clock, where the host's is wrong. */
  readonly now: Date;
  /** When the last offer that this host took was signed. */
  readonly lastSignedAt: string | undefined;
}

/** What the pinned certificate signed for this host, for this machine, and now. @throws OfferRefused, EnvelopeRefused */
export function openOffer({ format, envelope }: SignedAgentOffer, context: OfferContext): AgentProgramOffer {
  const offer = readOffer(openEnvelope({ Format: format, Payload: envelope }, context.pinned));
  const { hostIdentifier, platform, version, now, lastSignedAt } = context;
  if (offer.hostIdentifier !== hostIdentifier) throw new OfferRefused("it is for another host", offer.version);
  if (offer.platform !== platform) {
    throw new OfferRefused(`it is a program for ${offer.platform}, and this host is ${platform}`, offer.version);
  }
  const signedAt = Date.parse(offer.signedAt);
  if (Math.abs(now.getTime() - signedAt) > MAX_OFFER_AGE_MILLISECONDS) {
    throw new OfferRefused(
      `it was signed at ${offer.signedAt}, and this host has ${now.toISOString()}: set both clocks (timedatectl set-ntp true)`,
      offer.version,
    );
  }
  if (lastSignedAt !== undefined && signedAt < Date.parse(lastSignedAt)) {
    throw new OfferRefused(`it was signed before the one that this host took last (${lastSignedAt})`, offer.version);
  }
  if (!offer.isDowngrade && compareVersions(offer.version, version) < 0) {
    throw new OfferRefused(
      `${offer.version} is earlier than ${version}, and the offer is not marked as a downgrade (sluice agents upgrade --allow-downgrade)`,
      offer.version,
    );
  }
  return offer;
}

function readOffer(text: string): AgentProgramOffer {
  const { kind, upgradeId, hostIdentifier, version, platform, sha256, bytes, isDowngrade, signedAt } = parsed(text);
  const isWhole =
    kind === AGENT_OFFER_KIND &&
    [upgradeId, hostIdentifier, version, platform, sha256, signedAt].every((value) => typeof value === "string") &&
    SHA256.test(sha256 ?? "") &&
    Number.isSafeInteger(bytes) &&
    (bytes ?? 0) > 0 &&
    typeof isDowngrade === "boolean" &&
    !Number.isNaN(Date.parse(signedAt ?? ""));
  // A specification is signed by the same key, and is no offer.
  if (!isWhole) throw new OfferRefused("what was signed is no offer of a program", undefined);
  return {
    kind,
    upgradeId,
    hostIdentifier,
    version,
    platform,
    sha256,
    bytes,
    isDowngrade,
    signedAt,
  } as AgentProgramOffer;
}

function parsed(text: string): Partial<AgentProgramOffer> {
  try {
    return (JSON.parse(text) as Partial<AgentProgramOffer> | null) ?? {};
  } catch {
    return {};
  }
}
