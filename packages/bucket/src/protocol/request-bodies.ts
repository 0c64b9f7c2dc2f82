/** The XML that comes with some of the calls. */
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from "@sluice/wire/checksum/checksum.ts";
import { S3Error } from "./s3-error.ts";
import { malformedXml, optionalText, readXml, requireKnown, requireText, type XmlNode } from "./s3-xml.ts";

/** Room for 10,000 parts with a checksum each. */
export const MAX_XML_BODY_BYTES = 4 * 1024 ** 2;
export const MAX_DELETED_KEYS = 1000;
const MAX_PARTS = 10_000;

/** The region that a new bucket is asked to be in; undefined where the body says nothing. */
export function parseCreateBucket(xml: string): string | undefined {
  if (xml.trim() === "") return undefined;
  const tree = readXml(xml, "CreateBucketConfiguration");
  for (const name of ["Location", "Bucket", "Tags"]) {
    if (tree[name] !== undefined) throw notImplemented(`CreateBucketConfiguration's ${name}`);
  }
  requireKnown(tree, ["LocationConstraint"]);
  return optionalText(tree, "LocationConstraint");
}

/** Throws MalformedXML, NotImplemented, IllegalVersioningConfigurationException. */
export function parseVersioning(xml: string): "Enabled" | "Suspended" {
  const tree = readXml(xml, "VersioningConfiguration");
  requireKnown(tree, ["Status", "MfaDelete"]);
  const mfaDelete = optionalText(tree, "MfaDelete")?.trim() ?? "Disabled";
  if (mfaDelete !== "Disabled") throw notImplemented("MfaDelete");
  const status = optionalText(tree, "Status")?.trim();
  if (status === "Enabled" || status === "Suspended") return status;
  if (status !== undefined) throw malformedXml("Status is neither Enabled nor Suspended");
  throw new S3Error("IllegalVersioningConfigurationException", "The Versioning element must be specified");
}

export interface DeletionRequest {
  objects: { key: string; versionId?: string; etag?: string }[];
  /** Answer with the failures only. */
  quiet: boolean;
}

export function parseDelete(xml: string): DeletionRequest {
  const tree = readXml(xml, "Delete", ["Object"]);
  requireKnown(tree, ["Object", "Quiet"]);
  const objects = elements(tree.Object).map((node) => {
    for (const name of ["LastModifiedTime", "Size"]) {
      if (optionalText(node, name) !== undefined) throw notImplemented(`a condition on ${name}`);
    }
    requireKnown(node, ["Key", "VersionId", "ETag"]);
    const versionId = optionalText(node, "VersionId");
    const etag = optionalText(node, "ETag");
    return {
      key: requireText(node, "Key"),
      ...(versionId !== undefined && { versionId }),
      ...(etag && { etag: unquote(etag) }),
    };
  });
  if (objects.length === 0) throw malformedXml("it names no object");
  if (objects.length > MAX_DELETED_KEYS) throw malformedXml(`it names more than ${MAX_DELETED_KEYS} objects`);
  return { objects, quiet: optionalText(tree, "Quiet")?.trim() === "true" };
}

export interface CompletedPart {
  number: number;
  etag: string;
  checksum?: { algorithm: ChecksumAlgorithm; value: string };
}

export function parseCompletion(xml: string): CompletedPart[] {
  // Nothing at all is the same to S3 as a list without parts.
  if (xml.trim() === "") throw malformedXml("it names no part");
  const tree = readXml(xml, "CompleteMultipartUpload", ["Part"]);
  requireKnown(tree, ["Part"]);
  const parts = elements(tree.Part).map((node) => {
    const unserved =
      typeof node === "object" ? Object.keys(node).find((name) => UNSERVED_CHECKSUM.test(name)) : undefined;
    if (unserved !== undefined) throw notImplemented(unserved);
    requireKnown(node, ["ETag", "PartNumber", ...CHECKSUM_ALGORITHMS.map((each) => `Checksum${each}`)]);
    const number = Number(requireText(node, "PartNumber"));
    if (!Number.isInteger(number) || number < 1) throw malformedXml("PartNumber is not a positive whole number");
    const [algorithm, ...others] = CHECKSUM_ALGORITHMS.filter(
      (each) => optionalText(node, `Checksum${each}`) !== undefined,
    );
    if (others.length > 0) throw malformedXml("a part has more than one checksum");
    return {
      number,
      etag: unquote(requireText(node, "ETag")),
      ...(algorithm && { checksum: { algorithm, value: requireText(node, `Checksum${algorithm}`).trim() } }),
    };
  });
  if (parts.length === 0) throw malformedXml("it names no part");
  if (parts.length > MAX_PARTS) throw malformedXml(`it names more than ${MAX_PARTS} parts`);
  return parts;
}

const UNSERVED_CHECKSUM = /^Checksum(SHA512|MD5|XXHASH\w+)$/;

function notImplemented(what: string): S3Error {
  return new S3Error(
    "NotImplemented",
    `The XML you provided implies functionality that is not implemented: the embedded bucket does not support ${what}. Omit it.`,
  );
}

function elements(nodes: XmlNode | XmlNode[] | undefined): XmlNode[] {
  return nodes === undefined ? [] : Array.isArray(nodes) ? nodes : [nodes];
}

function unquote(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/, "$1");
}
