import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import type { HostCommand } from "@sluice/wire/command/command-api.ts";
import { openEnvelope, type PinnedCertificate, pinCertificate } from "../identity/envelope.ts";
import type { HostServer } from "./host-server.ts";
import { parseSpecification, SpecificationRefused } from "./specification.ts";

/** Deployments whose verified specification is kept; a host rarely has more than a few under way. */
export const MAX_SPECIFICATIONS_KEPT = 32;
/** The one event that needs a presigned URL, which must be fresh. */
const FETCHING_EVENT = "DownloadBundle";

export interface ObtainedSpecification {
  readonly specification: DeploymentSpecification;
  readonly bundleUrl: string | undefined;
}

/** Asks for specifications, believes only what the pinned certificate signed, and asks once per deployment. */
export class SpecificationSource {
  readonly #pinned: PinnedCertificate;
  readonly #verified = new Map<string, DeploymentSpecification>();

  constructor(signingCertificatePem: string) {
    this.#pinned = pinCertificate(signingCertificatePem);
  }

  /** Whether the next command can be prepared without asking. */
  known(command: HostCommand): ObtainedSpecification | undefined {
    const specification = this.#verified.get(command.DeploymentExecutionId);
    const isUsable = specification !== undefined && command.CommandName !== FETCHING_EVENT;
    return isUsable ? { specification, bundleUrl: undefined } : undefined;
  }

  /**
   * @param ask one request to the server, retried by the caller
   * @throws {EnvelopeRefused | SpecificationRefused}
   */
  async obtain(
    command: HostCommand,
    ask: () => ReturnType<HostServer["getDeploymentSpecification"]>,
  ): Promise<ObtainedSpecification> {
    const known = this.known(command);
    if (known !== undefined) return known;
    const answer = await ask();
    if (answer.DeploymentSystem !== "CodeDeploy") {
      throw new SpecificationRefused(
        `The deployment system is ${JSON.stringify(answer.DeploymentSystem)}: this agent supports only "CodeDeploy"`,
      );
    }
    const envelope = answer.DeploymentSpecification?.GenericEnvelope;
    if (!envelope) throw new SpecificationRefused("The server sent no deployment specification");
    const specification = parseSpecification(openEnvelope(envelope, this.#pinned), command.DeploymentExecutionId);
    this.#keep(command.DeploymentExecutionId, specification);
    return { specification, bundleUrl: answer.BundleUrl };
  }

  #keep(executionId: string, specification: DeploymentSpecification): void {
    this.#verified.delete(executionId);
    this.#verified.set(executionId, specification);
    if (this.#verified.size <= MAX_SPECIFICATIONS_KEPT) return;
    const [oldest] = this.#verified.keys();
    if (oldest !== undefined) this.#verified.delete(oldest);
  }
}
