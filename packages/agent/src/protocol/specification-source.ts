import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import type { NextCommand } from "@sluice/wire/command/command-api.ts";
import { openEnvelope, type PinnedCertificate, pinCertificate } from "../identity/envelope.ts";
import { monotonicMs } from "../process/monotonic-time.ts";
import type { HostServer } from "./host-server.ts";
import { parseSpecification, SpecificationRefused } from "./specification.ts";

/** Deployments whose verified specification is kept; a host rarely has more than a few under way. */
export const MAX_SPECIFICATIONS_KEPT = 32;
/** The one event that needs a presigned URL, which must be fresh. */
const FETCHING_EVENT = "DownloadBundle";
/** URLs are good for minutes: one that came with the specification for the event before is as good as another. */
const FRESH_URL_MILLISECONDS = 30_000;

export interface ObtainedSpecification {
  readonly specification: DeploymentSpecification;
  readonly bundleUrl: string | undefined;
}

interface Verified extends ObtainedSpecification {
  /** By the process's own clock. */
  readonly askedAt: number;
}

/** Asks for specifications, believes only what the pinned certificate signed, and asks once per deployment, unless a URL has become stale. */
export class SpecificationSource {
  readonly #pinned: PinnedCertificate;
  readonly #now: () => number;
  readonly #verified = new Map<string, Verified>();

  constructor(signingCertificatePem: string, now = monotonicMs) {
    this.#pinned = pinCertificate(signingCertificatePem);
    this.#now = now;
  }

  /** Whether the next command can be prepared without asking. */
  known(command: NextCommand): ObtainedSpecification | undefined {
    const verified = this.#verified.get(command.DeploymentExecutionId);
    if (verified === undefined) return undefined;
    const { specification, bundleUrl, askedAt } = verified;
    if (command.CommandName !== FETCHING_EVENT) return { specification, bundleUrl: undefined };
    return this.#now() - askedAt <= FRESH_URL_MILLISECONDS ? { specification, bundleUrl } : undefined;
  }

  /**
   * @param ask one request to the server, retried by the caller
   * @throws {EnvelopeRefused | SpecificationRefused}
   */
  async obtain(
    command: NextCommand,
    ask: () => ReturnType<HostServer["getDeploymentSpecification"]>,
  ): Promise<ObtainedSpecification> {
    const known = this.known(command);
    if (known !== undefined) return known;
    const askedAt = this.#now();
    const answer = await ask();
    if (answer.DeploymentSystem !== "CodeDeploy") {
      throw new SpecificationRefused(
        `The deployment system is ${JSON.stringify(answer.DeploymentSystem)}: this agent supports only "CodeDeploy"`,
      );
    }
    const envelope = answer.DeploymentSpecification?.GenericEnvelope;
    if (!envelope) throw new SpecificationRefused("The server sent no deployment specification");
    const specification = parseSpecification(openEnvelope(envelope, this.#pinned), command.DeploymentExecutionId);
    const obtained = { specification, bundleUrl: answer.BundleUrl };
    this.#keep(command.DeploymentExecutionId, { ...obtained, askedAt });
    return obtained;
  }

  #keep(executionId: string, verified: Verified): void {
    this.#verified.delete(executionId);
    this.#verified.set(executionId, verified);
    if (this.#verified.size <= MAX_SPECIFICATIONS_KEPT) return;
    const [oldest] = this.#verified.keys();
    if (oldest !== undefined) this.#verified.delete(oldest);
  }
}
