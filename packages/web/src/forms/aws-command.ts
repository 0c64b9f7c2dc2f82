import { shellWord } from "@sluice/model/shell-word.ts";

/** An input of the API as a person would give it to the AWS CLI. */
export interface AwsCommand {
  /** `create-deployment-group`. */
  readonly verb: string;
  /** By the names of the API; members that are undefined are left out. */
  readonly input: Readonly<Record<string, unknown>>;
}

const INDENT = " \\\n  ";
/** What the CLI would read a file for. */
const PARAMETER_FILE = /^fileb?:\/\//;
/** Shorthand has no escapes that all versions of the CLI read alike. */
const PLAIN_SHORTHAND = /^[\w./:@+-]+$/;

/**
 * `aws deploy VERB --option value …`, quoted for a POSIX shell, a line an option. Structures are JSON, which the CLI takes everywhere; an
 * input that options cannot say goes in whole by --cli-input-json.
 */
export function awsCommand({ verb, input }: AwsCommand): string {
  const members = Object.entries(input).filter(([, value]) => value !== undefined);
  if (members.some(([, value]) => isAwkward(value))) {
    const json = JSON.stringify(Object.fromEntries(members), null, 2);
    return `aws deploy ${verb}${INDENT}--cli-input-json ${shellWord(json)}`;
  }
  return `aws deploy ${verb}${members.map(([name, value]) => INDENT + optionOf(name, value)).join("")}`;
}

function optionOf(name: string, value: unknown): string {
  const shorthand = name === "revision" ? s3Shorthand(value) : undefined;
  if (shorthand !== undefined) return `--s3-location ${shorthand}`;
  const option = optionName(name);
  if (typeof value === "boolean") return value ? `--${option}` : `--no-${option}`;
  // Behind the equals sign a value may begin with a dash.
  if (typeof value === "string") return `--${option}${value.startsWith("-") ? "=" : " "}${shellWord(value)}`;
  if (typeof value === "number") return `--${option} ${value}`;
  if (isTexts(value) && value.length > 0) return `--${option} ${value.map(shellWord).join(" ")}`;
  return `--${option} ${shellWord(JSON.stringify(value))}`;
}

/** `ec2TagSet` is `ec2-tag-set`, and `ResourceArn` `resource-arn`. */
export function optionName(member: string): string {
  return member.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? "" : "-"}${letter.toLowerCase()}`);
}

/** The CLI's own option for what is said most often. */
function s3Shorthand(revision: unknown): string | undefined {
  const { revisionType, s3Location } = revision as { revisionType?: string; s3Location?: Record<string, string> };
  if (revisionType !== "S3" || s3Location === undefined) return undefined;
  const members = Object.entries(s3Location).filter(([, value]) => value !== undefined);
  if (!members.every(([, value]) => PLAIN_SHORTHAND.test(value))) return undefined;
  return members.map(([name, value]) => `${name}=${value}`).join(",");
}

function isAwkward(value: unknown): boolean {
  if (typeof value === "string") return PARAMETER_FILE.test(value);
  if (!isTexts(value)) return false;
  // A list of one text may be taken for JSON, and one that begins with a dash for an option.
  return value.some((text) => text === "" || /^[-[{"]/.test(text) || PARAMETER_FILE.test(text));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
