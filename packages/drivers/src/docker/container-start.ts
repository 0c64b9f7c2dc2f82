import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { checkBindFolder } from "./bind-folders.ts";
import { stateOf } from "./container-facts.ts";
import { type CreationNeeds, creationOf } from "./creation.ts";
import type { DockerSettings } from "./docker-settings.ts";
import type { EngineApi } from "./engine-api.ts";
import { EngineRefusal, explained, isStatus } from "./engine-fault.ts";
import type { ImagePulls } from "./image-pulls.ts";
import type { InstallationNetwork } from "./installation-network.ts";
import { findContainer, foreignReason } from "./own-container.ts";
import { importSandboxImage, sandboxImageOf } from "./sandbox-image.ts";
import { readSecret, withoutSecrets } from "./secret-files.ts";
import type { StartClaim } from "./start-turns.ts";
import { writerAbove } from "./writable-above.ts";

export interface StartDependencies {
  readonly api: EngineApi;
  readonly installation: string;
  readonly settings: DockerSettings;
  readonly network: InstallationNetwork;
  readonly pulls: ImagePulls;
}

type Failed = Extract<PortOutcome, { readonly outcome: "failed" }>;
type ErrorKind =
  | "CannotPullContainerError"
  | "CannotCreateContainerError"
  | "CannotStartContainerError"
  | "ResourceInitializationError";

/** A busy machine takes its time for namespaces, mounts and the first instruction. */
export const START_TIMEOUT_MILLISECONDS = 120_000;
const PULL_RETRY_MILLISECONDS = 250;
/** The engine leaves out a limit that its kernel cannot keep, and says so in a warning. */
const LIMIT_IS_LEFT_OUT = /discarded/i;

/** Somebody has removed it, or another server has made it as well. */
const NETWORK_IS_LOST = /network .*(not found|is ambiguous)/i;

/** In the claim's turn: nobody else starts meanwhile what is in its way. */
export async function startContainer(
  plan: ContainerPlan,
  claim: StartClaim,
  dependencies: StartDependencies,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const { api, installation } = dependencies;
  const { name } = claim;
  const found = await findContainer(api, installation, name, signal);
  if (found.kind === "foreign") return failed("ResourceInitializationError", foreignReason(name));
  if (found.kind === "own") {
    if (stateOf(found.inspected) !== "created") return { outcome: "done" };
    if (!hasFolders(plan)) return runContainer(found.inspected.Id, plan, dependencies, [], signal);
    // The way to its folders may be another by now.
    await api.ask({ method: "DELETE", path: `/containers/${found.inspected.Id}` }, signal);
  }
  const needs = await needsOf(plan, claim, dependencies, signal);
  if ("outcome" in needs) return needs;
  const outcome = await makeContainer(name, plan, needs, dependencies, signal);
  return outcome.outcome === "failed" ? hiding(outcome, Object.values(needs.secrets)) : outcome;
}

async function makeContainer(
  name: string,
  plan: ContainerPlan,
  needs: CreationNeeds,
  dependencies: StartDependencies,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const { api } = dependencies;
  const created = await createContainer(name, plan, needs, dependencies, signal);
  if ("outcome" in created) return created;
  const { Id, Warnings } = created;
  if (Warnings.some((warning) => LIMIT_IS_LEFT_OUT.test(warning))) {
    await api.ask({ method: "DELETE", path: `/containers/${Id}`, query: { v: "1" } }, signal);
    return failed("ResourceInitializationError", `the engine cannot keep a limit: ${Warnings.join(" ")}`);
  }
  return runContainer(Id, plan, dependencies, Warnings, signal);
}

function hasFolders({ mounts }: ContainerPlan): boolean {
  return mounts.some(({ folder }) => folder !== null);
}

async function needsOf(
  plan: ContainerPlan,
  claim: StartClaim,
  { api, installation, settings, network }: StartDependencies,
  signal: AbortSignal,
): Promise<CreationNeeds | PortOutcome> {
  const refused = (reason: string) => failed("ResourceInitializationError", reason);
  const variable = [...Object.keys(plan.environment), ...Object.keys(plan.secrets)].find((key) => !isVariable(key));
  if (variable !== undefined) return refused(`"${variable}" cannot be the name of a variable`);
  const secrets: Record<string, string> = {};
  for (const [key, secretName] of Object.entries(plan.secrets)) {
    const secret = await readSecret(secretName, settings.secrets ?? {});
    if (secret.outcome === "refused") return refused(secret.reason);
    secrets[key] = secret.value;
  }
  const folders = new Map<string, string>();
  for (const { folder } of plan.mounts) {
    if (folder === null) continue;
    const checked = await checkBindFolder(folder, settings);
    if (checked.outcome === "refused") return refused(checked.reason);
    // It was another before the turn, and this one may have somebody in its way.
    if (!claim.folders.some(({ path }) => path === checked.path)) {
      return { outcome: "pending", retryAfterMilliseconds: 0, detail: `${folder} leads to another place just now` };
    }
    const writer = await writerAbove(api, checked.path, signal);
    if (writer !== undefined) {
      return refused(
        `${folder} lies in a folder that the container ${writer} may write to: mount that one, or stop it`,
      );
    }
    folders.set(folder, checked.path);
  }
  if (plan.network.kind === "own") {
    const reason = await networkTrouble(network, signal);
    if (reason !== undefined) return refused(reason);
  }
  return { installation, image: plan.image, secrets, folders };
}

interface Created {
  readonly Id: string;
  readonly Warnings: readonly string[];
}

/** Of the image that it misses, it begins the pull; the sandbox's is made. */
async function createContainer(
  name: string,
  plan: ContainerPlan,
  needs: CreationNeeds,
  dependencies: StartDependencies,
  signal: AbortSignal,
): Promise<Created | PortOutcome> {
  const { api, pulls } = dependencies;
  const sandbox = plan.role === "sandbox" ? sandboxImageOf((await api.version(signal)).architecture) : undefined;
  if (plan.role === "sandbox" && !sandbox) {
    return failed("ResourceInitializationError", "tasks of several containers need a machine of amd64 or arm64");
  }
  const image = sandbox?.image ?? needs.image;
  const body = creationOf(plan, { ...needs, image });
  const create = () =>
    orRefusal(async () => {
      const answer = await api.ask({ method: "POST", path: "/containers/create", query: { name }, body }, signal);
      const { Id, Warnings } = answer as { readonly Id: string; readonly Warnings?: readonly string[] | null };
      return { Id, Warnings: Warnings ?? [] };
    });
  let created = await create();
  if (isMissingImage(created)) {
    if (!sandbox) {
      const pull = pulls.ask(image, name);
      if (pull.state === "failed")
        return failed("CannotPullContainerError", `${image} cannot be pulled: ${pull.reason}`);
      return { outcome: "pending", retryAfterMilliseconds: PULL_RETRY_MILLISECONDS, detail: pull.detail };
    }
    const imported = await orRefusal(() => importSandboxImage(api, image, sandbox.tar, signal));
    if (imported instanceof EngineRefusal) return failed("CannotCreateContainerError", imported.message);
    created = await create();
  }
  if (!(created instanceof EngineRefusal)) return created;
  // Another server has made it just now: its next look finds it.
  if (created.status === 409) return { outcome: "pending", retryAfterMilliseconds: 0, detail: created.message };
  return failed(kindOf(created, plan, "CannotCreateContainerError"), created.message);
}

async function runContainer(
  containerId: string,
  plan: ContainerPlan,
  { api, network }: StartDependencies,
  warnings: readonly string[],
  signal: AbortSignal,
): Promise<PortOutcome> {
  const start = () =>
    orRefusal(() =>
      api.ask({ method: "POST", path: `/containers/${containerId}/start` }, signal, START_TIMEOUT_MILLISECONDS),
    );
  let started = await start();
  if (started instanceof EngineRefusal && plan.network.kind === "own" && NETWORK_IS_LOST.test(started.message)) {
    network.forget();
    const trouble = await networkTrouble(network, signal);
    if (trouble !== undefined) return failed("ResourceInitializationError", trouble);
    started = await start();
  }
  if (started instanceof EngineRefusal) {
    return failed(kindOf(started, plan, "CannotStartContainerError"), started.message);
  }
  return warnings.length === 0 ? { outcome: "done" } : { outcome: "done", detail: warnings.join(" ") };
}

async function networkTrouble(network: InstallationNetwork, signal: AbortSignal): Promise<string | undefined> {
  const trouble = await orRefusal(() => network.ensure(signal));
  return trouble instanceof EngineRefusal ? trouble.message : trouble;
}

/** What the engine refuses of a task's container for want of its sandbox is not the container's own fault. */
function kindOf({ message }: EngineRefusal, { network }: ContainerPlan, usual: ErrorKind): ErrorKind {
  const isOfSandbox = network.kind === "of-task" && /No such container|non.running container/i.test(message);
  return isOfSandbox ? "ResourceInitializationError" : usual;
}

function isMissingImage(answer: unknown): boolean {
  return isStatus(answer, 404) && /no such image/i.test(answer.message);
}

async function orRefusal<Result>(act: () => Promise<Result>): Promise<Result | EngineRefusal> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof EngineRefusal) return error;
    throw error;
  }
}

function failed(kind: ErrorKind, reason: string): Failed {
  return { outcome: "failed", reason: `${kind}: ${explained(reason)}` };
}

/** An engine may quote what it was given. */
function hiding(outcome: Failed, secrets: readonly string[]): Failed {
  return { ...outcome, reason: withoutSecrets(outcome.reason, secrets) };
}

function isVariable(name: string): boolean {
  return name !== "" && !/[=\0]/.test(name);
}
