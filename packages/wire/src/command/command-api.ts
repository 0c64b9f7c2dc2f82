/**
 * CodeDeployCommand, the protocol between the service and the host agent (reference agent, `vendor/gems/codedeploy-commands`).
 * AWS JSON 1.1, signed for `codedeploy-commands`; with `enable_auth_policy` the agent uses the second prefix and signing name.
 */
export const COMMAND_TARGET_PREFIXES = ["CodeDeployCommandService_v20141006", "CodeDeployCommandService"] as const;
export const COMMAND_SIGNING_NAMES = ["codedeploy-commands", "codedeploy-commands-secure"] as const;

export type CommandStatus = "Pending" | "InProgress" | "Succeeded" | "Failed";

export interface HostCommand {
  readonly HostCommandIdentifier: string;
  readonly HostIdentifier: string;
  readonly DeploymentExecutionId: string;
  readonly CommandName: string;
  readonly Nonce?: number | undefined;
}

/** `Format` is `JSON` (diagnostics) or `PKCS7/JSON` (specifications). */
export interface Envelope {
  readonly Format: string;
  readonly Payload: string;
}

export interface PollHostCommandInput {
  readonly HostIdentifier: string;
  /** Ours: hold the answer at most this long (0 to 20). An agent that has just started asks for 0, to learn at once that its server answers. */
  readonly WaitSeconds?: number | undefined;
}
export interface PollHostCommandOutput {
  readonly HostCommand?: HostCommand | undefined;
}
export interface GetDeploymentSpecificationInput {
  readonly DeploymentExecutionId: string;
  readonly HostIdentifier: string;
}
export interface GetDeploymentSpecificationOutput {
  readonly DeploymentSystem: "CodeDeploy";
  readonly DeploymentSpecification: { readonly GenericEnvelope: Envelope };
  /**
   * Ours, which the reference agent ignores: a presigned URL of the bundle, good for minutes, for
   * agents that enrolled with us. Absent where the host has to fetch the bundle by itself (GitHub).
   */
  readonly BundleUrl?: string | undefined;
}
export interface PutHostCommandAcknowledgementInput {
  readonly HostCommandIdentifier: string;
  readonly Diagnostics?: Envelope | undefined;
}
export interface CommandStatusOutput {
  readonly CommandStatus: CommandStatus;
}
export interface PostHostCommandUpdateInput {
  readonly HostCommandIdentifier: string;
  readonly EstimatedCompletionTime?: Date | undefined;
  readonly Diagnostics?: Envelope | undefined;
}
export interface PutHostCommandCompleteInput {
  readonly HostCommandIdentifier: string;
  readonly CommandStatus: CommandStatus;
  readonly Diagnostics?: Envelope | undefined;
  /**
   * Ours: what the deployment has for the host next is taken with the answer, as acknowledged (ADR 40). The same completion gets the same answer
   * however often it is sent, until that command has completed, too. An older server does not know it, and is polled.
   */
  readonly TakesNextCommand?: boolean | undefined;
}
/** Ours: a command that the host has now acknowledged, and is to run. Its host is the caller. */
export type NextCommand = Pick<HostCommand, "HostCommandIdentifier" | "DeploymentExecutionId" | "CommandName">;
export interface PutHostCommandCompleteOutput {
  readonly NextCommand?: NextCommand | undefined;
}

export interface CommandOperations {
  PollHostCommand: { input: PollHostCommandInput; output: PollHostCommandOutput };
  GetDeploymentSpecification: { input: GetDeploymentSpecificationInput; output: GetDeploymentSpecificationOutput };
  PutHostCommandAcknowledgement: { input: PutHostCommandAcknowledgementInput; output: CommandStatusOutput };
  PostHostCommandUpdate: { input: PostHostCommandUpdateInput; output: CommandStatusOutput };
  PutHostCommandComplete: { input: PutHostCommandCompleteInput; output: PutHostCommandCompleteOutput };
}
