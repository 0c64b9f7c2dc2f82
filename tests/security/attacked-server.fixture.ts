import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import { RawCaller, type SignedCall, type WireRequest } from "../compat/raw-caller.fixture.ts";
import {
  type SluiceServer,
  type SluiceServerOptions,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";

const JSON_TYPE = "application/x-amz-json-1.1";

export interface EnrolledHost {
  readonly hostId: string;
  readonly hostIdentifier: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** PEM. */
  readonly signingCertificate: string;
}

/** A server whose hosts are played by the test, with nothing but the keys that hosts have. */
export interface AttackedServer {
  readonly server: SluiceServer;
  readonly raw: RawCaller;
  /** As root; rejects when it is refused. */
  readonly codeDeploy: (operation: string, input: object) => Promise<Record<string, unknown>>;
  readonly sluice: (operation: string, input: object) => Promise<Record<string, unknown>>;
  readonly putObject: (bucket: string, key: string, body: string) => Promise<void>;
  readonly enrol: (name: string) => Promise<EnrolledHost>;
  /** An operation of the agents by the host's key. */
  readonly agentCall: (host: EnrolledHost, operation: string, input: object) => Promise<Answer>;
  /** The host's next command, polled for as long as it takes. */
  readonly command: (host: EnrolledHost) => Promise<HostCommand>;
  /** Takes a command and says that it succeeded. */
  readonly succeed: (host: EnrolledHost, command: HostCommand) => Promise<void>;
  readonly acknowledge: (host: EnrolledHost, command: HostCommand) => Promise<void>;
  /** A request to the bucket, by any key. */
  readonly s3: (key: Pick<EnrolledHost, "accessKeyId" | "secretAccessKey">, request: S3Request) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface S3Request {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HostCommand {
  readonly HostCommandIdentifier: string;
  readonly DeploymentExecutionId: string;
  readonly CommandName: string;
}

export async function startAttackedServer(options?: SluiceServerOptions): Promise<AttackedServer> {
  const server = await startSluiceServer(options);
  const raw = new RawCaller(server);

  const asAnswer = (answer: { readonly status: number; readonly text: string }): Answer => {
    let json: Record<string, unknown> = {};
    try {
      json = JSON.parse(answer.text) as Record<string, unknown>;
    } catch {
      // XML, or nothing.
    }
    return { status: answer.status, text: answer.text, json };
  };
  const call = async (signed: SignedCall): Promise<Answer> => asAnswer(await raw.call(signed));
  const asRoot = async (signed: SignedCall) => {
    const answer = await call(signed);
    if (answer.status !== 200) throw new Error(`${signed.target} was answered ${answer.status}: ${answer.text}`);
    return answer.json;
  };
  const sluice = (operation: string, input: object) =>
    asRoot({ target: `Sluice_20261101.${operation}`, service: "sluice", body: JSON.stringify(input) });

  const s3: AttackedServer["s3"] = async (key, { method = "GET", path, body = "", headers = {} }) => {
    const signed = signRequest({
      method,
      url: `${raw.url.origin}${path}`,
      headers,
      body,
      credentials: key,
      region: "us-east-1",
      service: "s3",
      now: new Date(),
    });
    const request: WireRequest = {
      method,
      path,
      headers: { ...signed, "content-length": String(Buffer.byteLength(body)) },
      body: Buffer.from(body),
    };
    return asAnswer(await raw.send(request));
  };

  const agentCall: AttackedServer["agentCall"] = (host, operation, input) =>
    call({
      target: `CodeDeployCommandService_v20141006.${operation}`,
      service: "codedeploy-commands",
      body: JSON.stringify(input),
      accessKeyId: host.accessKeyId,
      secretAccessKey: host.secretAccessKey,
      headers: { "user-agent": "sluice-agent/test" },
    });
  const acknowledge: AttackedServer["acknowledge"] = async (host, { HostCommandIdentifier }) => {
    const answer = await agentCall(host, "PutHostCommandAcknowledgement", { HostCommandIdentifier });
    if (answer.json.CommandStatus !== "InProgress") throw new Error(`not to be run: ${answer.text}`);
  };

  return {
    server,
    raw,
    codeDeploy: (operation, input) =>
      asRoot({ target: `CodeDeploy_20141006.${operation}`, body: JSON.stringify(input) }),
    sluice,
    s3,
    async putObject(bucket, key, body) {
      const answer = await s3(raw, { method: "PUT", path: `/${bucket}/${key}`, body });
      if (answer.status !== 200) throw new Error(`PUT ${bucket}/${key} was answered ${answer.status}: ${answer.text}`);
    },
    async enrol(name) {
      const { token } = await sluice("CreateEnrolmentToken", { tags: [{ Key: "app", Value: "web" }] });
      const answer = asAnswer(
        await raw.send({
          method: "POST",
          path: "/",
          headers: { "content-type": JSON_TYPE, "x-amz-target": "Sluice_20261101.EnrolHost" },
          body: Buffer.from(JSON.stringify({ token, hostName: name, tags: [{ Key: "app", Value: "web" }] })),
        }),
      );
      if (answer.status !== 200) throw new Error(`EnrolHost was answered ${answer.status}: ${answer.text}`);
      return answer.json as unknown as EnrolledHost;
    },
    agentCall,
    acknowledge,
    async command(host) {
      for (;;) {
        const { status, json, text } = await agentCall(host, "PollHostCommand", {
          HostIdentifier: host.hostIdentifier,
        });
        if (status !== 200) throw new Error(`the poll was answered ${status}: ${text}`);
        if (json.HostCommand !== undefined) return json.HostCommand as HostCommand;
      }
    },
    async succeed(host, command) {
      await acknowledge(host, command);
      const { HostCommandIdentifier } = command;
      const done = { HostCommandIdentifier, CommandStatus: "Succeeded" };
      const { status, text } = await agentCall(host, "PutHostCommandComplete", done);
      if (status !== 200) throw new Error(`the completion was answered ${status}: ${text}`);
    },
    async close() {
      raw.close();
      await server.close();
    },
  };
}

/** An application with a group of the hosts that {@link AttackedServer.enrol} makes, and a bundle in the bucket. */
export async function prepareGroup({ codeDeploy, s3, raw, putObject }: AttackedServer): Promise<void> {
  await s3(raw, { method: "PUT", path: "/releases" });
  await s3(raw, { method: "PUT", path: "/secrets" });
  await putObject("releases", "web.zip", "the bundle");
  await putObject("releases", "other.zip", "another bundle");
  await putObject("secrets", "payroll", "the secret");
  await codeDeploy("CreateApplication", { applicationName: "web" });
  await codeDeploy("CreateDeploymentGroup", {
    applicationName: "web",
    deploymentGroupName: "production",
    serviceRoleArn: "arn:aws:iam::111122223333:role/any",
    ec2TagFilters: [{ Key: "app", Value: "web", Type: "KEY_AND_VALUE" }],
    deploymentConfigName: "CodeDeployDefault.AllAtOnce",
  });
}

export async function deploy({ codeDeploy }: AttackedServer, key = "web.zip", version?: string): Promise<string> {
  const { deploymentId } = await codeDeploy("CreateDeployment", {
    applicationName: "web",
    deploymentGroupName: "production",
    revision: {
      revisionType: "S3",
      s3Location: { bucket: "releases", key, bundleType: "zip", ...(version === undefined ? {} : { version }) },
    },
  });
  return deploymentId as string;
}
