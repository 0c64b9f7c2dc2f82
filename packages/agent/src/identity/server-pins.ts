import { join } from "node:path";
import { type PinnedFingerprints, proxyOptions, type TlsTrust } from "@sluice/wire/client/connection-agent.ts";
import { exchange, readAnswer } from "@sluice/wire/client/http-exchange.ts";
import { https } from "@sluice/wire/client/node-http.ts";
import { SERVER_KEYS_PATH, SERVER_KEYS_PURPOSE, type ServerKeys } from "@sluice/wire/sluice/server-keys.ts";
import { proxyOfAgent } from "../host/agent-proxy.ts";
import { type AgentLog, describeFailure } from "../process/agent-log.ts";
import { ENROLMENT_FILE_NAMES, type Enrolment, readText, replaceEnrolmentFile } from "./enrolment-files.ts";
import { EnvelopeRefused, openEnvelope, pinCertificate } from "./envelope.ts";

/** An answer has about 1.5 KB. Whoever answers is not known yet. */
export const MAX_SERVER_KEYS_BYTES = 64 * 1024;
const ASKING_TIMEOUT_MILLISECONDS = 10_000;
/** By how much the server's clock may have been set back between two of its starts. */
const MAX_CLOCK_SET_BACK_MILLISECONDS = 60 * 60 * 1000;
const FINGERPRINT = /^[0-9a-f]{64}$/;

const ENROL_AGAIN =
  "enrol this host again: `sluice agent enroll --force` on this host with a new token (the host keeps its id), then restart the agent";

/** By what the server's certificate is known, for calls and for bundles alike. */
export function trustIn(
  enrolment: Enrolment,
  directory: string,
  log: Pick<AgentLog, "info" | "warn">,
  options: PinOptions = {},
): TlsTrust {
  const { certificateAuthority, serverFingerprints } = enrolment;
  if (serverFingerprints.length === 0) return { ca: certificateAuthority };
  return { ca: certificateAuthority, fingerprints: new ServerPins(enrolment, directory, log, options) };
}

export interface PinOptions {
  /** Whether new keys are stored in the agent's directory, for the next start. */
  readonly isStored?: boolean;
  readonly now?: () => number;
}

/**
 * By which this host knows its server: the fingerprints of its enrolment, until the server shows a certificate with another key and its
 * signing certificate, which is pinned too, vouches for that key. From then on the keys of the newest such answer count, and nothing else.
 */
export class ServerPins implements PinnedFingerprints {
  readonly #enrolment: Enrolment;
  readonly #directory: string;
  readonly #log: Pick<AgentLog, "info" | "warn">;
  readonly #isStored: boolean;
  readonly #now: () => number;
  #vouched: ServerKeys | undefined;
  #renewing: Promise<void> | undefined;

  constructor(
    enrolment: Enrolment,
    directory: string,
    log: Pick<AgentLog, "info" | "warn">,
    { isStored = true, now = Date.now }: PinOptions = {},
  ) {
    this.#enrolment = enrolment;
    this.#directory = directory;
    this.#log = log;
    this.#isStored = isStored;
    this.#now = now;
    this.#vouched = this.#readKept();
  }

  get current(): readonly string[] {
    return this.#vouched?.keys ?? this.#enrolment.serverFingerprints;
  }

  /** One question at a time, however many connections wait for the answer. */
  renew(): Promise<void> {
    this.#renewing ??= this.#ask().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #ask(): Promise<void> {
    const answer = await this.#fetch();
    let said: ServerKeys;
    try {
      said = this.#open(answer);
    } catch (error) {
      throw new Error(
        `If it is the right server, ${ENROL_AGAIN}. Its proof that it is the server where this host enrolled is not valid: ${error instanceof EnvelopeRefused ? error.reason : describeFailure(error)}`,
        { cause: error },
      );
    }
    const known = this.#vouched;
    if (known) this.#checkNotOlder(said, known);
    this.#vouched = said;
    if (this.#isStored) this.#keep(answer);
    this.#log.info("the server has a new certificate, and its signing certificate vouches for the key", {
      key: said.keys.join(" "),
    });
  }

  /** A time in the future is of a server whose clock was wrong then: it would refuse every proof until that time. */
  #checkNotOlder(said: ServerKeys, known: ServerKeys): void {
    const now = this.#now();
    const knownAt = Date.parse(known.signedAt);
    const isFuture = knownAt > now + MAX_CLOCK_SET_BACK_MILLISECONDS;
    if (Date.parse(said.signedAt) >= (isFuture ? now : knownAt) - MAX_CLOCK_SET_BACK_MILLISECONDS) return;
    const cure =
      "If it is the right server, check that its clock is right, then restart it: it signs a new proof when it starts";
    throw new Error(
      isFuture
        ? `Its proof is from ${said.signedAt}. The proof that this host has is from the future (${known.signedAt}), so a new one must not be older than an hour. ${cure}`
        : `Its proof is from ${said.signedAt}, older than the proof from ${known.signedAt} that this host has. ${cure}`,
    );
  }

  /** Without looking at the certificate, since what comes is signed. Nothing secret is sent. */
  async #fetch(): Promise<string> {
    const endpoint = this.#enrolment.server;
    const proxy = proxyOfAgent(endpoint, this.#enrolment.host);
    const agent = new https.Agent({ rejectUnauthorized: false, ...proxyOptions(proxy?.url) });
    try {
      const limits = { endpoint, timeoutMs: ASKING_TIMEOUT_MILLISECONDS, maxBytes: MAX_SERVER_KEYS_BYTES };
      const url = `${endpoint}${SERVER_KEYS_PATH}`;
      const { host } = new URL(url);
      const answer = await exchange({ ...limits, method: "GET", url, headers: { host }, agent });
      const body = await readAnswer(answer, limits);
      if (answer.statusCode !== 200) throw new Error(`it answered with HTTP ${answer.statusCode}`);
      return body.toString("utf8");
    } catch (error) {
      throw new Error(
        `It did not answer a request for proof (${describeFailure(error)}). If it is an older version of Sluice, start it with its earlier certificate, or ${ENROL_AGAIN}`,
        { cause: error },
      );
    } finally {
      agent.destroy();
    }
  }

  /** @throws when the answer is not a list of keys that the pinned signing certificate signed */
  #open(answer: string): ServerKeys {
    const envelope = JSON.parse(answer) as Parameters<typeof openEnvelope>[0];
    const content = openEnvelope(envelope, pinCertificate(this.#enrolment.signingCertificate));
    const said = JSON.parse(content) as Partial<ServerKeys>;
    const { keys = [], signedAt = "" } = said;
    const isList = Array.isArray(keys) && keys.length > 0 && keys.every((key) => FINGERPRINT.test(key));
    if (said.purpose !== SERVER_KEYS_PURPOSE || !isList || Number.isNaN(Date.parse(signedAt))) {
      throw new Error("what it signed is not a list of keys");
    }
    return { purpose: said.purpose, keys, signedAt };
  }

  /** As signed as it came: what is read back is checked again. */
  #readKept(): ServerKeys | undefined {
    let kept: string;
    try {
      kept = readText(this.#directory, ENROLMENT_FILE_NAMES.serverKeys);
    } catch {
      return undefined;
    }
    try {
      return this.#open(kept);
    } catch (error) {
      this.#log.warn("the server's keys that this host stored are ignored", {
        file: join(this.#directory, ENROLMENT_FILE_NAMES.serverKeys),
        problem: describeFailure(error),
      });
      return undefined;
    }
  }

  #keep(answer: string): void {
    try {
      replaceEnrolmentFile(this.#directory, "serverKeys", answer);
    } catch (error) {
      // It is asked for again after the next start.
      this.#log.warn("the server's new key cannot be stored", { problem: describeFailure(error) });
    }
  }
}
