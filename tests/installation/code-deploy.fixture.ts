import { existsSync, readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  type InstanceTarget,
  type LifecycleEvent,
  ListDeploymentTargetsCommand,
  type RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { SluiceServer } from "./sluice-server.fixture.ts";
import { until } from "./until.fixture.ts";

const BUCKET = "revisions";
const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
/** BatchGetDeploymentTargets takes no more. */
const TARGETS_IN_ONE_CALL = 25;

export interface NewGroup {
  readonly group: string;
  /** Hosts with the tag `Fleet=TAG` belong to the group. */
  readonly fleet: string;
  readonly config?: string;
}

/** A program that deploys through AWS's own SDK. The AWS CLI does the same in {@link file://./transcript.test.ts}, at a second a call. */
export class CodeDeploy {
  readonly client: CodeDeployClient;
  readonly s3: S3Client;
  readonly application: string;
  #revisions = 0;

  private constructor(server: SluiceServer, application: string) {
    const text = readFileSync(join(server.data, "aws/credentials"), "utf8");
    const credentials = {
      accessKeyId: /aws_access_key_id = (\S+)/.exec(text)?.[1] ?? "",
      secretAccessKey: /aws_secret_access_key = (\S+)/.exec(text)?.[1] ?? "",
    };
    // There when the server listens off loopback: the certificate is its own.
    const certificate = join(server.data, "tls-certificate.pem");
    const requestHandler = existsSync(certificate)
      ? { httpsAgent: new Agent({ ca: readFileSync(certificate), keepAlive: true }) }
      : {};
    const options = { endpoint: server.url(), region: "us-east-1", credentials, maxAttempts: 5, requestHandler };
    this.client = new CodeDeployClient(options);
    this.s3 = new S3Client({ ...options, forcePathStyle: true });
    this.application = application;
  }

  /** Of a server that has its application already. */
  static of(server: SluiceServer, application = "web"): CodeDeploy {
    return new CodeDeploy(server, application);
  }

  /** Makes a bucket and an application to begin with. */
  static async begin(server: SluiceServer, application = "web"): Promise<CodeDeploy> {
    const begun = new CodeDeploy(server, application);
    await begun.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await begun.client.send(new CreateApplicationCommand({ applicationName: application, computePlatform: "Server" }));
    return begun;
  }

  async createGroup({ group, fleet, config = "CodeDeployDefault.AllAtOnce" }: NewGroup): Promise<void> {
    await this.client.send(
      new CreateDeploymentGroupCommand({
        applicationName: this.application,
        deploymentGroupName: group,
        serviceRoleArn: ROLE,
        deploymentConfigName: config,
        ec2TagFilters: [{ Key: "Fleet", Value: fleet, Type: "KEY_AND_VALUE" }],
      }),
    );
  }

  async createConfig(name: string, minimumHealthyHosts: number): Promise<void> {
    const minimum = { type: "HOST_COUNT", value: minimumHealthyHosts } as const;
    await this.client.send(
      new CreateDeploymentConfigCommand({ deploymentConfigName: name, minimumHealthyHosts: minimum }),
    );
  }

  async put(bundle: Buffer, bundleType: "tar" | "tgz" | "zip" = "tgz"): Promise<RevisionLocation> {
    const key = `revision-${++this.#revisions}.${bundleType}`;
    await this.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: bundle }));
    return { revisionType: "S3", s3Location: { bucket: BUCKET, key, bundleType } };
  }

  /** @returns the deployment's id */
  async deploy(group: string, revision: RevisionLocation, config?: string): Promise<string> {
    const { deploymentId } = await this.client.send(
      new CreateDeploymentCommand({
        applicationName: this.application,
        deploymentGroupName: group,
        revision,
        ...(config ? { deploymentConfigName: config } : {}),
      }),
    );
    if (!deploymentId) throw new Error("CreateDeployment answered without an id");
    return deploymentId;
  }

  async deployment(deploymentId: string): Promise<DeploymentInfo> {
    const { deploymentInfo } = await this.client.send(new GetDeploymentCommand({ deploymentId }));
    if (!deploymentInfo) throw new Error(`GetDeployment answered nothing about ${deploymentId}`);
    return deploymentInfo;
  }

  /** Resolves with the deployment when it has ended, however. */
  async end(deploymentId: string): Promise<DeploymentInfo> {
    return until(`the end of ${deploymentId}`, async () => {
      const info = await this.deployment(deploymentId);
      return info.completeTime !== undefined && info;
    });
  }

  async targets(deploymentId: string): Promise<InstanceTarget[]> {
    const { targetIds = [] } = await this.client.send(new ListDeploymentTargetsCommand({ deploymentId }));
    if (targetIds.length > TARGETS_IN_ONE_CALL) throw new Error("more targets than one call reads");
    if (targetIds.length === 0) return [];
    const { deploymentTargets = [] } = await this.client.send(
      new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }),
    );
    return deploymentTargets.flatMap(({ instanceTarget }) => instanceTarget ?? []);
  }

  async target(deploymentId: string, hostId: string): Promise<InstanceTarget> {
    const found = (await this.targets(deploymentId)).find(({ targetId }) => targetId === hostId);
    if (!found) throw new Error(`${hostId} is no target of ${deploymentId}`);
    return found;
  }

  close(): void {
    this.client.destroy();
    this.s3.destroy();
  }
}

export function eventOf(target: InstanceTarget, name: string): LifecycleEvent {
  const found = target.lifecycleEvents?.find((event) => event.lifecycleEventName === name);
  if (!found) throw new Error(`${target.targetId} has no event ${name}`);
  return found;
}

export function failedEvent(target: InstanceTarget | undefined): LifecycleEvent {
  const found = target?.lifecycleEvents?.find((event) => event.status === "Failed");
  if (!found) throw new Error(`no event of ${target?.targetId} failed`);
  return found;
}
