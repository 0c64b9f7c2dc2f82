import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type IniSection, iniValue, parseIni } from "@sluice/wire/config/ini.ts";
import { EventFailure } from "../event-failure.ts";
import type { HostConfig, S3Credentials } from "../host-config.ts";
import { credentialsOfInstance, regionOfInstance } from "./instance-metadata.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Keys = Omit<S3Credentials, "region">;

/** Signed for where the endpoint is no region of AWS's and nobody says otherwise. */
const REGION_OF_OTHER_SERVERS = "us-east-1";

/**
 * This host's own keys to S3: of agent.json, else of the agent's environment, else of the shared credentials file, else of the role that the cloud gives
 * the instance. The order is that of AWS's own programs.
 * @throws EventFailure naming every place that was looked at, what was there, and the cure
 */
export async function hostCredentials(config: HostConfig, label: string): Promise<S3Credentials> {
  if (config.s3Credentials !== undefined) return config.s3Credentials;
  const environment = config.environment ?? process.env;
  const looked: string[] = ["s3Credentials of agent.json: not set"];
  const keys = (await findKeys(environment, looked)) ?? noKeys(label, looked);
  const region = config.s3Region ?? (await findRegion(environment, config.s3Endpoint));
  if (region !== undefined) return { ...keys, region };
  throw new EventFailure(
    `The bundle ${label} cannot be downloaded: this host has keys to S3, but nobody says in which region the bucket is. ` +
      'Set it in agent.json ("host": {"s3Region": "eu-central-1"}), or in AWS_REGION of the agent\'s environment, and restart the agent.',
  );
}

async function findKeys(environment: Environment, looked: string[]): Promise<Keys | undefined> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return keysOf(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN);
  }
  looked.push("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the agent's environment: not set");
  return keysInFile(environment, looked) ?? (await keysOfInstance(environment, looked));
}

function keysInFile(environment: Environment, looked: string[]): Keys | undefined {
  const file = environment.AWS_SHARED_CREDENTIALS_FILE || awsFile(environment, "credentials");
  const profile = profileOf(environment);
  const settings = profileIn(file, [profile], looked);
  if (settings === undefined) return undefined;
  const accessKeyId = iniValue(settings, "aws_access_key_id");
  const secretAccessKey = iniValue(settings, "aws_secret_access_key");
  if (accessKeyId && secretAccessKey) {
    return keysOf(accessKeyId, secretAccessKey, iniValue(settings, "aws_session_token"));
  }
  looked.push(`${file}: the profile ${profile} has no aws_access_key_id and aws_secret_access_key`);
  return undefined;
}

async function keysOfInstance(environment: Environment, looked: string[]): Promise<Keys | undefined> {
  if (environment.AWS_EC2_METADATA_DISABLED?.toLowerCase() === "true") {
    looked.push("the instance metadata service: off (AWS_EC2_METADATA_DISABLED)");
    return undefined;
  }
  try {
    return await credentialsOfInstance(environment.AWS_EC2_METADATA_SERVICE_ENDPOINT);
  } catch (error) {
    looked.push(`the instance metadata service: ${reasonOf(error)}`);
    return undefined;
  }
}

async function findRegion(environment: Environment, endpoint: string | undefined): Promise<string | undefined> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = environment;
  const profile = profileOf(environment);
  const file = environment.AWS_CONFIG_FILE || awsFile(environment, "config");
  const known =
    AWS_REGION ||
    AWS_DEFAULT_REGION ||
    iniValue(profileIn(file, [`profile ${profile}`, profile], []), "region") ||
    undefined;
  if (known !== undefined || endpoint !== undefined) return known ?? REGION_OF_OTHER_SERVERS;
  if (environment.AWS_EC2_METADATA_DISABLED?.toLowerCase() === "true") return undefined;
  return regionOfInstance(environment.AWS_EC2_METADATA_SERVICE_ENDPOINT).catch(() => undefined);
}

function keysOf(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): Keys {
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function profileOf({ AWS_PROFILE, AWS_DEFAULT_PROFILE }: Environment): string {
  return AWS_PROFILE || AWS_DEFAULT_PROFILE || "default";
}

function awsFile({ HOME }: Environment, name: string): string {
  return join(HOME || homedir(), ".aws", name);
}

/** The first of these sections. */
function profileIn(file: string, sections: readonly string[], looked: string[]): IniSection | undefined {
  try {
    const found = parseIni(readFileSync(file, "utf8"), basename(file));
    const section = sections.map((name) => found.get(name)).find((each) => each !== undefined);
    if (section === undefined) looked.push(`${file}: has no profile ${sections.at(-1)}`);
    return section;
  } catch (error) {
    looked.push(`${file}: ${reasonOf(error)}`);
    return undefined;
  }
}

function noKeys(label: string, looked: readonly string[]): never {
  throw new EventFailure(
    `The bundle ${label} cannot be downloaded: the server gave no download URL that this host uses, and this host has no S3 credentials. ` +
      "Deploy through a Sluice server, configure s3Credentials in agent.json, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the agent, or give the instance a role that may read the bucket.",
    { hint: `Looked at: ${looked.join("; ")}.` },
  );
}
