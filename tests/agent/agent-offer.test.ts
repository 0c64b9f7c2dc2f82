import { type PinnedCertificate, pinCertificate } from "@sluice/agent/identity/envelope.ts";
import { AgentUpgrade } from "@sluice/agent/upgrade/agent-upgrade.ts";
import { MAX_OFFER_AGE_MILLISECONDS, openOffer } from "@sluice/agent/upgrade/open-offer.ts";
import {
  createSigningCertificate,
  loadSigningKey,
  type SpecificationSigningKey,
  signSpecification,
} from "@sluice/server/signing/specification-envelope.ts";
import { AGENT_OFFER_KIND, type AgentProgramOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { beforeAll, expect, it } from "vitest";

const NOW = new Date("2026-11-30T12:00:00Z");
const OFFER: AgentProgramOffer = {
  kind: AGENT_OFFER_KIND,
  upgradeId: "u-A1B2C3D4E",
  hostIdentifier: "arn:web-1",
  version: "0.3.0",
  platform: "linux-x64",
  sha256: "0".repeat(64),
  bytes: 10,
  isDowngrade: false,
  signedAt: NOW.toISOString(),
};

let key: SpecificationSigningKey;
let certificatePem: string;
let pinned: PinnedCertificate;
let stranger: SpecificationSigningKey;
beforeAll(async () => {
  const certificate = await createSigningCertificate();
  key = await loadSigningKey(certificate);
  ({ certificatePem } = certificate);
  pinned = pinCertificate(certificatePem);
  stranger = await loadSigningKey(await createSigningCertificate());
});

const at = (milliseconds: number) => new Date(NOW.getTime() + milliseconds).toISOString();

async function open(
  change: Partial<AgentProgramOffer> | object,
  context: { readonly lastSignedAt?: string; readonly signedBy?: SpecificationSigningKey } = {},
) {
  const envelope = await signSpecification(JSON.stringify({ ...OFFER, ...change }), context.signedBy ?? key);
  return openOffer(
    { format: "PKCS7/JSON", envelope },
    {
      pinned,
      hostIdentifier: "arn:web-1",
      platform: "linux-x64",
      version: "0.2.0",
      now: NOW,
      lastSignedAt: context.lastSignedAt,
    },
  );
}

it("takes what the server signed for this host now, once or again", async () => {
  expect(await open({})).toEqual(OFFER);
  expect(await open({}, { lastSignedAt: OFFER.signedAt })).toEqual(OFFER);
  expect(await open({ version: "0.1.0", isDowngrade: true })).toMatchObject({ version: "0.1.0" });
});

it.each([
  ["another host's", { hostIdentifier: "arn:web-2" }, "for another host"],
  ["another machine's", { platform: "linux-arm64" }, "a program for linux-arm64, and this host is linux-x64"],
  ["an earlier version, not asked for as such", { version: "0.1.9" }, "not marked as a downgrade"],
  ["one of long ago", { signedAt: at(-MAX_OFFER_AGE_MILLISECONDS - 1) }, "set both clocks"],
  ["one of the future", { signedAt: at(MAX_OFFER_AGE_MILLISECONDS + 1) }, "set both clocks"],
  ["a specification", { kind: undefined, DeploymentId: "d-1" }, "no offer of a program"],
  ["no hash", { sha256: "../../etc/passwd" }, "no offer of a program"],
  ["a size that is none", { bytes: -1 }, "no offer of a program"],
])("refuses %s", async (_, change, message) => {
  await expect(open(change)).rejects.toThrow(message);
});

it("refuses one that was signed before the last that it took", async () => {
  await expect(open({}, { lastSignedAt: at(1) })).rejects.toThrow("before the one that this host took last");
});

it("refuses one that another key signed", async () => {
  await expect(open({}, { signedBy: stranger })).rejects.toThrow("another certificate than the pinned one");
});

it.each([
  ["another key signed", {}, /^the server signs with another certificate .* Give the server its former database back/],
  ["is for another machine", { platform: "plan9" }, /^it is a program for plan9/],
])("says why it does not take one that %s", async (_, change, reason) => {
  const agent = new AgentUpgrade({
    directory: "/nowhere",
    programs: "/nowhere",
    hostIdentifier: OFFER.hostIdentifier,
    signingCertificate: certificatePem,
    source: () => Promise.reject(new Error("nothing is downloaded")),
    now: () => NOW,
    onSwitch: () => {},
    stopping: new AbortController().signal,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const signer = "platform" in change ? key : stranger;
  const envelope = await signSpecification(JSON.stringify({ ...OFFER, ...change }), signer);
  const { upgradeId, version } = OFFER;
  agent.offered({ format: "PKCS7/JSON", envelope, upgradeId, version });
  await expect
    .poll(() => agent.said().agentUpgrade)
    .toEqual({ version, state: "failed", reason: expect.stringMatching(reason) });
});
