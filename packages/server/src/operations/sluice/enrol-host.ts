import { CallerFault } from "@sluice/model/caller-fault.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import { MAX_TAGS, mergeTags, type Tag } from "@sluice/model/tag-filter.ts";
import { decodeEnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import { isFormerKeyProof } from "@sluice/wire/sluice/former-key-proof.ts";
import type { EnrolHostInput, EnrolHostOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { accessKeyIdFor, newAccessKey } from "../../access/new-access-key.ts";
import { enrolledUserArn, instanceArn, newInstanceId, newOnPremisesArn } from "../../hosts/host-identity.ts";
import { newHostRow } from "../../hosts/new-host.ts";
import { HOST_TAGS } from "../../store/columns/host-columns.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import {
  findHost,
  findLivingHostByIdentifier,
  findLivingHostByName,
  type HostRow,
  insertHost,
  lockHostNames,
  tagsOf,
} from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { hostFact, requireHostName, requireHostTags } from "./host-request.ts";
import type { SluiceContext } from "./sluice-context.ts";
import { spendToken } from "./spend-token.ts";

/** A client that had no answer asks again within seconds. */
const MAX_ANSWERED_AGAIN_MILLISECONDS = 600_000;
const CLIENT_TOKEN = /^[A-Za-z0-9]{32,64}$/;

/** By which EC2 and everything around it show a machine's name. */
const NAME_TAG_KEY = "Name";

type EnrolContext = Omit<SluiceContext, "principal">;

/**
 * Makes a host of a machine that holds a token: a new one, the one that was declared under its name, or the one that it was already, if
 * it proves that by its key. The call is not signed; the
 * token is its credential.
 */
export const enrolHost: Operation<EnrolHostInput, EnrolHostOutput, EnrolContext> = async (input, context) => {
  const token = decodeEnrolmentToken(input.token ?? "");
  const hostName = requireHostName(input.hostName);
  const asked = input.tags === undefined ? undefined : requireHostTags(input.tags);
  // Drawn before the transaction, which may run again.
  const now = context.now();
  const drawn = newAccessKey(context.randomText);
  const key =
    input.clientToken === undefined
      ? drawn
      : { ...drawn, accessKeyId: accessKeyIdFor(requireClientToken(input.clientToken)) };
  const fresh = newEnrolledHost(hostName, input.onPremises ?? false, now, context);
  const facts = {
    agent: "sluice",
    agent_version: hostFact("agentVersion", input.agentVersion),
    zone: hostFact("zone", input.zone),
    address: hostFact("address", input.address),
    enrolled_at: now,
  } as const;
  const { host, secretAccessKey, isRenewed } = await context.store.write(async (transaction) => {
    const answered = input.clientToken && (await enrolledBefore(transaction, key.accessKeyId, hostName, now));
    if (answered) return { ...answered, isRenewed: false };
    const allowed = await spendToken(transaction, token, now);
    const granted = grantedTags(asked, allowed);
    const tags = input.nameTag ? withNameTag(granted, allowed, hostName) : granted;
    await lockHostNames(transaction);
    const namesake = await findLivingHostByName(transaction.db, hostName);
    const adoption = { kind: fresh.kind, granted: tags, allowed, facts };
    const isRenewed = namesake !== undefined && (await hasItsKey(transaction, namesake, input));
    const host = isRenewed
      ? await renew(transaction, namesake, adoption)
      : namesake
        ? await adopt(transaction, namesake, adoption)
        : await add(transaction, { ...fresh, ...facts, tags_json: HOST_TAGS.write(tags) });
    await transaction.db
      .insertInto("access_keys")
      .values({
        access_key_id: key.accessKeyId,
        secret_access_key: key.secretAccessKey,
        role: "host",
        host_id: host.host_id,
        created_at: now,
      })
      .execute();
    return { host, secretAccessKey: key.secretAccessKey, isRenewed };
  });
  if (isRenewed) context.forgetKeys({ hostId: host.host_id });
  return {
    hostId: host.host_id,
    hostIdentifier: host.host_identifier,
    accessKeyId: key.accessKeyId,
    secretAccessKey,
    region: context.region,
    accountId: context.accountId,
    signingCertificate: context.signingCertificate,
  };
};

function requireClientToken(clientToken: string): string {
  if (CLIENT_TOKEN.test(clientToken)) return clientToken;
  throw new CallerFault(
    "ValidationException",
    "clientToken is not 32 to 64 letters and digits: draw one at random for each enrolment, or leave it out.",
  );
}

/** The host and key of an earlier call of the same enrolment, whose answer was lost. */
async function enrolledBefore(
  { db }: WriteTransaction,
  accessKeyId: string,
  hostName: string,
  now: number,
): Promise<{ readonly host: HostRow; readonly secretAccessKey: string } | undefined> {
  const key = await db
    .selectFrom("access_keys")
    .selectAll()
    .where("access_key_id", "=", accessKeyId)
    .executeTakeFirst();
  if (!key) return undefined;
  const host = key.host_id === null ? undefined : await findHost(db, key.host_id);
  const isSame = host?.host_name === hostName && host.retired_at === null;
  if (isSame && now - key.created_at <= MAX_ANSWERED_AGAIN_MILLISECONDS) {
    return { host, secretAccessKey: key.secret_access_key };
  }
  throw new CallerFault(
    "ValidationException",
    "clientToken was used by another enrolment: draw one at random for each.",
  );
}

function newEnrolledHost(hostName: string, onPremises: boolean, now: number, context: EnrolContext): HostRow {
  if (!onPremises) {
    const hostId = newInstanceId(context.randomText);
    const hostIdentifier = instanceArn(context, hostId);
    return newHostRow({ hostId, hostName, kind: "instance", hostIdentifier, tags: [], now });
  }
  const iamUserArn = enrolledUserArn(context, hostName);
  return {
    ...newHostRow({ hostId: hostName, hostName, kind: "on-premises", hostIdentifier: iamUserArn, tags: [], now }),
    iam_user_arn: iamUserArn,
    instance_arn: newOnPremisesArn(context, hostName, context.randomText),
  };
}

/** All of the token's tags, or those of them that the host asks for: the token is the ceiling. */
function grantedTags(asked: readonly Tag[] | undefined, allowed: readonly Tag[]): readonly Tag[] {
  const refused = asked?.find((tag) => !isAmong(tag, allowed));
  if (refused) {
    throw new CallerFault(
      "InvalidTagException",
      `The enrolment token does not allow the tag ${refused.Key}=${refused.Value}; it allows ${listTags(allowed)}. Leave the tag out, or create a token with \`sluice token create --tag ${refused.Key}=${refused.Value}\`.`,
    );
  }
  return asked && asked.length > 0 ? asked : allowed;
}

/** The token is no ceiling for it: it says no more than the name, which the host chooses anyway. */
function withNameTag(granted: readonly Tag[], allowed: readonly Tag[], hostName: string): readonly Tag[] {
  const isNamed = [...granted, ...allowed].some(({ Key }) => Key === NAME_TAG_KEY);
  if (isNamed || granted.length >= MAX_TAGS) return granted;
  return mergeTags(granted, [{ Key: NAME_TAG_KEY, Value: hostName }]);
}

/** Whether the machine that enrols is the one that has the host's key today. */
async function hasItsKey({ db }: WriteTransaction, host: HostRow, input: EnrolHostInput): Promise<boolean> {
  const { formerAccessKeyId, formerKeyProof, clientToken, hostName, token } = input;
  if (!formerAccessKeyId || !formerKeyProof || !clientToken) return false;
  const key = await db
    .selectFrom("access_keys")
    .selectAll()
    .where("access_key_id", "=", formerAccessKeyId)
    .where("host_id", "=", host.host_id)
    .executeTakeFirst();
  return key !== undefined && isFormerKeyProof(formerKeyProof, key.secret_access_key, { clientToken, hostName, token });
}

async function add(transaction: WriteTransaction, row: HostRow): Promise<HostRow> {
  const holder = await findLivingHostByIdentifier(transaction.db, row.host_identifier);
  if (holder) {
    throw new CallerFault(
      "HostAlreadyExistsException",
      `The host ${labelOf(holder)} is registered with ${row.host_identifier} already: choose another name with --name.`,
    );
  }
  await insertHost(transaction, row);
  return row;
}

interface Adoption {
  readonly kind: HostRow["kind"];
  readonly granted: readonly Tag[];
  readonly allowed: readonly Tag[];
  readonly facts: Pick<HostRow, "agent" | "agent_version" | "zone" | "address" | "enrolled_at">;
}

/** A new key for the old one. The host keeps its id, its tags (the token's win over them) and, where none is given, its zone and address. */
async function renew({ db }: WriteTransaction, host: HostRow, { kind, granted, facts }: Adoption): Promise<HostRow> {
  if (host.kind !== kind) throw otherKind(host);
  const tags = mergeTags(tagsOf(host), granted);
  if (tags.length > MAX_TAGS) {
    throw new CallerFault(
      "InvalidTagException",
      `The host ${labelOf(host)} would have ${tags.length} tags with those of the token: at most ${MAX_TAGS} are allowed. Remove some first: sluice hosts untag ${host.host_name} KEY`,
    );
  }
  const renewed = {
    ...facts,
    zone: facts.zone ?? host.zone,
    address: facts.address ?? host.address,
    tags_json: HOST_TAGS.write(tags),
  };
  await db.updateTable("hosts").set(renewed).where("host_id", "=", host.host_id).execute();
  await db.deleteFrom("access_keys").where("host_id", "=", host.host_id).execute();
  return { ...host, ...renewed };
}

/** Gives a declared host its machine. It keeps its id, its declared tags (they win over the token's) and its declared zone. */
async function adopt(
  { db }: WriteTransaction,
  declared: HostRow,
  { kind, granted, allowed, facts }: Adoption,
): Promise<HostRow> {
  const label = labelOf(declared);
  if (declared.enrolled_at !== null) {
    throw new CallerFault(
      "HostAlreadyExistsException",
      `The host ${label} is enrolled already. If this machine is that host, enrol with --force in its agent's own --data directory: the old key there proves it, and the id stays. To let another machine take its place, under a new id, run \`sluice hosts remove ${declared.host_name}\` first; or choose another name with --name.`,
    );
  }
  if (declared.kind !== kind) throw otherKind(declared);
  const uncovered = tagsOf(declared).find((tag) => !isAmong(tag, allowed));
  // A token made for some tags must not open hosts of others; one without tags speaks of no host in particular.
  if (allowed.length > 0 && uncovered) {
    throw new CallerFault(
      "HostAlreadyExistsException",
      `The host ${label} was declared with the tag ${uncovered.Key}=${uncovered.Value}, which the enrolment token does not allow; it allows ${listTags(allowed)}. Use a token with the host's tags, or one without any.`,
    );
  }
  const adopted = {
    ...facts,
    zone: declared.zone ?? facts.zone,
    tags_json: HOST_TAGS.write(mergeTags(granted, tagsOf(declared))),
  };
  await db.updateTable("hosts").set(adopted).where("host_id", "=", declared.host_id).execute();
  return { ...declared, ...adopted };
}

function otherKind(host: HostRow): CallerFault {
  return new CallerFault(
    "HostAlreadyExistsException",
    host.kind === "on-premises"
      ? `The host ${labelOf(host)} was registered as an on-premises instance: enrol it with --on-premises, or choose another name with --name.`
      : `The host ${labelOf(host)} was declared as an instance: enrol it without --on-premises, or choose another name with --name.`,
  );
}

function labelOf(host: HostRow): string {
  return hostLabel(host.host_name, host.host_id);
}

function isAmong(tag: Tag, tags: readonly Tag[]): boolean {
  return tags.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value);
}

function listTags(tags: readonly Tag[]): string {
  return tags.length === 0 ? "no tags" : tags.map(({ Key, Value }) => `${Key}=${Value}`).join(", ");
}
