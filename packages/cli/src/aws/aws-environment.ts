import { shellWord } from "@sluice/model/shell-word.ts";
import { SERVED_SERVICES, type ServedService } from "@sluice/wire/config/aws-config.ts";
import { AWS_CLI_MINIMUM, type AwsCli } from "./aws-cli.ts";

/** What `sluice env` sets for the tools that a shell starts. */
export interface AwsEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Set in the shell, and stronger than the profile: with them a call would go elsewhere, or be signed with another key. */
  readonly unset: readonly string[];
}

const KEY_OR_PLACE =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|REGION|DEFAULT_REGION|DEFAULT_PROFILE|ENDPOINT_URL|IGNORE_CONFIGURED_ENDPOINT_URLS)$/;
const ENDPOINTS = new Set(SERVED_SERVICES.map((service) => `AWS_ENDPOINT_URL_${service.toUpperCase()}`));

/** The variables that AWS tools put before a profile. */
export function strongerThanProfile(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(environment)
    .filter((name) => KEY_OR_PLACE.test(name) || ENDPOINTS.has(name))
    .sort();
}

/** Where a version of the AWS CLI that reads no endpoints finds no key, so that what it sends to AWS by itself is not signed with the server's. */
const NO_CREDENTIALS = "/dev/null";

/** Lines for a POSIX shell, to be read by `eval`. */
export function shellLines({ variables, unset }: AwsEnvironment): string[] {
  return [
    ...unset.map((name) => `unset ${name}`),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
  ];
}

/** For a tool that would send to AWS what it signs: it has no key to sign with. */
export function withoutKey(environment: AwsEnvironment): AwsEnvironment {
  const variables = {
    ...environment.variables,
    AWS_SHARED_CREDENTIALS_FILE: NO_CREDENTIALS,
    // Nor does it take the key of the EC2 instance that it runs on.
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return { ...environment, variables };
}

/** Commands that call a second service, and give that one no endpoint whatever --endpoint-url says: `deploy push` uploads to S3 of AWS. */
const SENT_TO_AWS = ["deploy push", "deploy register", "deploy deregister", "deploy install", "deploy uninstall"];
/** What the AWS CLI calls each service. */
const COMMANDS: Readonly<Record<ServedService, readonly string[]>> = {
  codedeploy: ["deploy"],
  s3: ["s3", "s3api"],
  iam: ["iam"],
  sts: ["sts"],
  ecs: ["ecs"],
  elastic_load_balancing_v2: ["elbv2"],
  lambda: ["lambda"],
};

/**
 * The same for a shell whose AWS CLI reads no endpoints. The key is in the hands of a function that adds the endpoint, and of nobody else:
 * the CLI by itself would sign with it, and send to AWS.
 */
export function shellLinesForOldCli(environment: AwsEnvironment, endpoint: string): string[] {
  const { AWS_SHARED_CREDENTIALS_FILE: credentials = NO_CREDENTIALS } = environment.variables;
  const call = `command aws --endpoint-url ${shellWord(endpoint)} "$@"`;
  const words = (list: readonly string[]): string => list.map((word) => `*" ${word} "*`).join(" | ");
  return [
    ...shellLines(withoutKey(environment)),
    // Bash would put the alias in the place of the function's name.
    "unalias aws 2>/dev/null || :",
    "aws() {",
    '  case " $* " in',
    `    ${words(SENT_TO_AWS)} | *" --source-region"*)`,
    "      echo 'aws: this version ignores --endpoint-url for this command and calls AWS. Use sluice deploy, or upgrade the AWS CLI' >&2",
    "      return 2 ;;",
    // Its `deploy` and `package` upload to S3 of AWS.
    `    *" cloudformation "*) ${call} ;;`,
    `    ${words(Object.values(COMMANDS).flat())}) AWS_SHARED_CREDENTIALS_FILE=${shellWord(credentials)} ${call} ;;`,
    `    *) ${call} ;;`,
    "  esac",
    "}",
    // Bash hands it on to the bash scripts that it starts; no other shell can.
    `[ -z "\${BASH_VERSION:-}" ] || export -f aws`,
  ];
}

/** What to do about a CLI that reads no endpoints. `isFunction`: the shell's `aws` is the function of {@link shellLinesForOldCli}. */
export function oldCliNotice(cli: AwsCli, endpoint: string, credentialsFile: string, isFunction: boolean): string {
  const version = cli.version === undefined ? "has an unknown version" : `is version ${cli.version}`;
  const minimums = Object.values(AWS_CLI_MINIMUM).join(" or ");
  return [
    `${cli.path} ${version}: it ignores endpoint_url in profiles and would send its calls to AWS. Upgrade the AWS CLI to at least ${minimums}.`,
    isFunction
      ? `Until then, \`aws\` is a function of this shell that adds --endpoint-url ${endpoint}. It has the key; scripts and SDKs that the shell starts have none.`
      : `Until then, no key is given. The AWS CLI is safe with: AWS_SHARED_CREDENTIALS_FILE=${shellWord(credentialsFile)} aws --endpoint-url ${endpoint}`,
    `For SDKs that read endpoint_url (docs/guides/from-codedeploy.md): export AWS_SHARED_CREDENTIALS_FILE=${shellWord(credentialsFile)}`,
  ].join("\n");
}
