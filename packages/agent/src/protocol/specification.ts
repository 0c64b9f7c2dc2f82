import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { MAX_EXECUTION_ID_CHARACTERS } from "@sluice/model/limits.ts";

/** A specification that is signed and yet not to be obeyed. The message names the field, the value and the cure. */
export class SpecificationRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SpecificationRefused";
  }
}

/** CodeDeployCommand API: `^[^/]+/[^/]+/[^/]+/.+$`, at most 129 characters. */
const EXECUTION_ID = /^[^/]+\/[^/]+\/[^/]+\/.+$/;
/** Ids become directory names on this host. */
const SAFE_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._+=,@-]{0,127}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const S3_BUNDLE_TYPES = ["tar", "tgz", "zip"];
const GITHUB_BUNDLE_TYPES = ["tar", "zip"];
/** The reference agent obeys these, and so lets a server install any path of the host. Ours never does. */
const LOCAL_REVISION_TYPES = ["Local File", "Local Directory"];

/** The deployment that a command belongs to: the last part of its execution id. */
export function deploymentIdOfExecution(executionId: string): string {
  const shaped = executionId.length <= MAX_EXECUTION_ID_CHARACTERS && EXECUTION_ID.test(executionId);
  const deploymentId = executionId.slice(executionId.lastIndexOf("/") + 1);
  if (!shaped || !SAFE_SEGMENT.test(deploymentId)) {
    throw new SpecificationRefused(
      `DeploymentExecutionId ${JSON.stringify(executionId)} does not have the form account/application/group/deployment id`,
    );
  }
  return deploymentId;
}

/**
 * Parses the signed content of an envelope and checks that it is for the command's deployment. Defaults are the reference agent's
 * (`deployment_specification.rb`); DeploymentId comes back bare when the content has its ARN.
 * @throws {SpecificationRefused}
 */
export function parseSpecification(content: string, executionId: string): DeploymentSpecification {
  const fields = asObject(parseJson(content), "The deployment specification");
  const expected = deploymentIdOfExecution(executionId);
  const deploymentId = bareDeploymentId(requiredText(fields, "DeploymentId"));
  if (deploymentId !== expected) {
    throw new SpecificationRefused(
      `The deployment specification was refused: it is for deployment ${deploymentId}, but the command is for ${expected}`,
    );
  }
  const accessToken = optionalText(fields, "GitHubAccessToken");
  const fileExistsBehavior = readFileExistsBehavior(fields);
  const sha256 = readSha256(fields);
  const sha256Unknown = optionalText(fields, "BundleSha256Unknown");
  const isStopForgiven = fields.IgnoreApplicationStopFailures === true;
  const reused = optionalText(fields, "ReuseArchiveFromDeploymentId");
  return {
    DeploymentId: deploymentId,
    DeploymentGroupId: safeSegment(requiredText(fields, "DeploymentGroupId"), "DeploymentGroupId"),
    DeploymentGroupName: requiredText(fields, "DeploymentGroupName"),
    ApplicationName: requiredText(fields, "ApplicationName"),
    DeploymentCreator: optionalText(fields, "DeploymentCreator") ?? "user",
    DeploymentType: optionalText(fields, "DeploymentType") ?? "IN_PLACE",
    AppSpecFilename: readAppSpecFilename(fields),
    Revision: readRevision(fields),
    ...(fileExistsBehavior === undefined
      ? {}
      : { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: fileExistsBehavior } } }),
    ...(accessToken === undefined ? {} : { GitHubAccessToken: accessToken }),
    ...(sha256 === undefined ? {} : { BundleSha256: sha256 }),
    ...(sha256Unknown === undefined ? {} : { BundleSha256Unknown: sha256Unknown }),
    ...(isStopForgiven ? { IgnoreApplicationStopFailures: true } : {}),
    ...(reused === undefined
      ? {}
      : { ReuseArchiveFromDeploymentId: bareDeploymentId(reused, "ReuseArchiveFromDeploymentId") }),
  };
}

/** Malformed it is refused, and not taken for absent: then a bundle would go unchecked. */
function readSha256(fields: Fields): string | undefined {
  const text = optionalText(fields, "BundleSha256");
  if (text === undefined || SHA256.test(text)) return text;
  throw new SpecificationRefused(`BundleSha256 ${JSON.stringify(text)} is not a SHA-256: 64 lower-case hex digits`);
}

type Fields = Readonly<Record<string, unknown>>;

function readRevision(fields: Fields): DeploymentSpecification["Revision"] {
  const revision = asObject(fields.Revision, "Revision");
  const type = requiredText(revision, "RevisionType");
  if (type === "S3") {
    const s3 = asObject(revision.S3Revision, "Revision.S3Revision");
    const version = optionalText(s3, "Version");
    const eTag = optionalText(s3, "ETag");
    return {
      RevisionType: "S3",
      S3Revision: {
        Bucket: requiredText(s3, "Bucket"),
        Key: requiredText(s3, "Key"),
        BundleType: oneOf(requiredText(s3, "BundleType"), S3_BUNDLE_TYPES, "S3Revision.BundleType"),
        ...(version === undefined ? {} : { Version: version }),
        ...(eTag === undefined ? {} : { ETag: eTag }),
      },
    };
  }
  if (type === "GitHub") {
    const gitHub = asObject(revision.GitHubRevision, "Revision.GitHubRevision");
    const bundleType = optionalText(gitHub, "BundleType");
    return {
      RevisionType: "GitHub",
      GitHubRevision: {
        Account: requiredText(gitHub, "Account"),
        Repository: requiredText(gitHub, "Repository"),
        CommitId: requiredText(gitHub, "CommitId"),
        ...(bundleType === undefined
          ? {}
          : { BundleType: oneOf(bundleType, GITHUB_BUNDLE_TYPES, "GitHubRevision.BundleType") }),
      },
    };
  }
  if (LOCAL_REVISION_TYPES.includes(type)) {
    throw new SpecificationRefused(
      `Revision.RevisionType ${JSON.stringify(type)} names a path on this host, which its agent refuses: use S3 or GitHub`,
    );
  }
  throw new SpecificationRefused(`Revision.RevisionType ${JSON.stringify(type)} is unknown: use S3 or GitHub`);
}

function readFileExistsBehavior(fields: Fields): string | undefined {
  if (!isPresent(fields.AgentActionOverrides)) return undefined;
  const overrides = asObject(fields.AgentActionOverrides, "AgentActionOverrides");
  if (!isPresent(overrides.AgentOverrides)) return undefined;
  const agent = asObject(overrides.AgentOverrides, "AgentActionOverrides.AgentOverrides");
  return optionalText(agent, "FileExistsBehavior")?.toUpperCase();
}

function readAppSpecFilename(fields: Fields): string {
  const name = optionalText(fields, "AppSpecFilename") ?? "appspec.yml";
  const escapes = name.startsWith("/") || name.includes("\0") || name.split("/").includes("..");
  if (escapes) {
    throw new SpecificationRefused(`AppSpecFilename ${JSON.stringify(name)} leaves the archive: name a file inside it`);
  }
  return name;
}

/** `arn:aws:codedeploy:REGION:ACCOUNT:deployment/ID`, or the id. */
function bareDeploymentId(text: string, field = "DeploymentId"): string {
  const bare = text.startsWith("arn:") ? (text.split(":").slice(5).join(":").split("/")[1] ?? "") : text;
  return safeSegment(bare, field);
}

function safeSegment(text: string, field: string): string {
  if (!SAFE_SEGMENT.test(text)) {
    throw new SpecificationRefused(
      `${field} ${JSON.stringify(text)} cannot be a directory name: use letters, digits and . _ + = , @ -`,
    );
  }
  return text;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Without the parser's message: it quotes the content, which may hold a GitHub token.
    throw new SpecificationRefused("The deployment specification is signed, but is not JSON");
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function asObject(value: unknown, field: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SpecificationRefused(`${field} of the deployment specification is missing, or is not an object`);
  }
  return value as Fields;
}

function requiredText(fields: Fields, field: string): string {
  const value = optionalText(fields, field);
  if (value === undefined) throw new SpecificationRefused(`The deployment specification has no ${field}`);
  return value;
}

function optionalText(fields: Fields, field: string): string | undefined {
  const value = fields[field];
  if (!isPresent(value)) return undefined;
  if (typeof value !== "string") throw new SpecificationRefused(`${field} of the deployment specification is not text`);
  return value;
}

function oneOf(value: string, allowed: readonly string[], field: string): string {
  if (!allowed.includes(value)) {
    throw new SpecificationRefused(`${field} ${JSON.stringify(value)} is not one of ${allowed.join(", ")}`);
  }
  return value;
}
