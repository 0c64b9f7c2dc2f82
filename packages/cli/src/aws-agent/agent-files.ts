import { INSTALL_SCRIPT } from "./install-script.ts";

/** What AWS's agent has to know to be driven by a server of Sluice. */
export interface AwsAgentSettings {
  readonly hostName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `iam_user_arn`: the ARN by which the agent calls itself. */
  readonly hostIdentifier: string;
  readonly region: string;
  /** `https://HOST:PORT`, as the host reaches the server. */
  readonly endpoint: string;
  /** `https://ADDRESS:PORT`: an address makes the agent ask for buckets by their path, and not as BUCKET.NAME. */
  readonly s3Endpoint: string;
  /** PEM that the host does not trust already; undefined: the certificate is of an authority that it trusts. */
  readonly certificatePem: string | undefined;
}

export interface AgentFile {
  readonly name: (typeof AGENT_FILE_NAMES)[number];
  readonly content: string;
  readonly mode: number;
}

/** All that there may be. */
export const AGENT_FILE_NAMES = [
  "codedeployagent.yml",
  "codedeploy.onpremises.yml",
  "sluice-certificate.pem",
  "install.sh",
] as const;

const SECRET_MODE = 0o600;
const PUBLIC_MODE = 0o644;
const SCRIPT_MODE = 0o755;

/** Both files of AWS's agent, what makes it trust the server, and a script that puts them in their places. */
export function awsAgentFiles(settings: AwsAgentSettings): readonly AgentFile[] {
  const { certificatePem } = settings;
  return [
    { name: "codedeployagent.yml", content: agentConfiguration(settings), mode: PUBLIC_MODE },
    { name: "codedeploy.onpremises.yml", content: onPremisesConfiguration(settings), mode: SECRET_MODE },
    ...(certificatePem === undefined
      ? []
      : [{ name: "sluice-certificate.pem" as const, content: certificatePem, mode: PUBLIC_MODE }]),
    { name: "install.sh", content: INSTALL_SCRIPT, mode: SCRIPT_MODE },
  ];
}

/** The agent's own defaults, and the two addresses. */
function agentConfiguration({ endpoint, s3Endpoint }: AwsAgentSettings): string {
  return `---
:log_aws_wire: false
:log_dir: '/var/log/aws/codedeploy-agent/'
:pid_dir: '/opt/codedeploy-agent/state/.pid/'
:program_name: codedeploy-agent
:root_dir: '/opt/codedeploy-agent/deployment-root'
:verbose: false
:wait_between_runs: 1
:proxy_uri:
:max_revisions: 5
:disable_imds_v1: false
:deploy_control_endpoint: '${endpoint}'
:s3_endpoint_override: '${s3Endpoint}'
`;
}

function onPremisesConfiguration({ accessKeyId, secretAccessKey, hostIdentifier, region }: AwsAgentSettings): string {
  return `---
aws_access_key_id: ${accessKeyId}
aws_secret_access_key: ${secretAccessKey}
iam_user_arn: ${hostIdentifier}
region: ${region}
`;
}
