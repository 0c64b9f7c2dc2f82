import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_TAGS, type Tag, tagProblem } from "@sluice/model/tag-filter.ts";

/** On-premises instance names of the API, and our host names: safe in messages, ARNs and command lines. */
const HOST_NAME = /^[A-Za-z0-9+=,.@_-]+$/;
export const MAX_HOST_NAME_CHARACTERS = 100;

const HEX_DIGITS = "0123456789abcdef";
const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const INSTANCE_ID_DIGITS = 17;
const INSTANCE_ARN_SUFFIX_CHARACTERS = 10;

type RandomText = (alphabet: string, length: number) => string;
interface Installation {
  readonly region: string;
  readonly accountId: string;
}

/** Why a name cannot be a host's, as the end of a sentence that names it; undefined when it can. */
export function hostNameProblem(name: string): string | undefined {
  if (name.length > MAX_HOST_NAME_CHARACTERS) {
    return `has ${name.length} characters: at most ${MAX_HOST_NAME_CHARACTERS} are allowed`;
  }
  if (!HOST_NAME.test(name)) return "may hold letters, digits and + = , . @ _ - only";
  if (/^\.+$/.test(name)) return "consists of dots only: choose another name";
  // Such a name would be taken for an instance's id wherever either may be given.
  if (name.startsWith("i-")) return 'begins with "i-", as instance ids do: choose another name';
  return undefined;
}

/** Why the tags cannot be a host's, as a sentence; undefined when they can. */
export function hostTagsProblem(tags: readonly Tag[]): string | undefined {
  if (tags.length > MAX_TAGS) return `${tags.length} tags are given: at most ${MAX_TAGS} are allowed for one host`;
  const keys = new Set<string>();
  for (const tag of tags) {
    const problem = tagProblem(tag);
    if (problem !== undefined) return `The tag ${excerpt(`${tag.Key}=${tag.Value}`)} ${problem}`;
    if (keys.has(tag.Key)) return `The tag key ${tag.Key} is given twice: a host has one value for a key`;
    keys.add(tag.Key);
  }
  return undefined;
}

/** `i-` and 17 hex digits. */
export function newInstanceId(randomText: RandomText): string {
  return `i-${randomText(HEX_DIGITS, INSTANCE_ID_DIGITS)}`;
}

/** As EC2 gives them, or gave them before 2016, with 8 digits. */
export function isInstanceId(text: string): boolean {
  return /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(text);
}

export function instanceArn({ region, accountId }: Installation, hostId: string): string {
  return `arn:aws:ec2:${region}:${accountId}:instance/${hostId}`;
}

/** What an on-premises host is called that enrolled with a token, without an IAM user of its own. */
export function enrolledUserArn({ accountId }: Installation, hostName: string): string {
  return `arn:aws:iam::${accountId}:user/sluice/${hostName}`;
}

/** What GetOnPremisesInstance returns: the name and ten characters that tell registrations of one name apart. */
export function newOnPremisesArn({ region, accountId }: Installation, name: string, randomText: RandomText): string {
  const suffix = randomText(LETTERS_AND_DIGITS, INSTANCE_ARN_SUFFIX_CHARACTERS);
  return `arn:aws:codedeploy:${region}:${accountId}:instance/${name}_${suffix}`;
}
