/** The XML that comes with three of the calls. */
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from "./checksum.ts";
import { malformedXml, optionalText, readXml, requireText, type XmlNode } from "./xml.ts";

/** Room for 10,000 parts with a checksum each. */
export const MAX_XML_BODY_BYTES = 4 * 1024 ** 2;
export const MAX_DELETED_KEYS = 1000;
const MAX_PARTS = 10_000;

/** The region that a new bucket is asked to be in; undefined where the body says nothing. */
export function parseCreateBucket(xml: string): string | undefined {
  if (xml.trim() === "") return undefined;
  return optionalText(readXml(xml, "CreateBucketConfiguration"), "LocationConstraint");
}

export interface DeletionRequest {
  objects: { key: string; versionId?: string; etag?: string }[];
  /** Answer with the failures only. */
  quiet: boolean;
}

export function parseDelete(xml: string): DeletionRequest {
  const tree = readXml(xml, "Delete", ["Object"]);
  const objects = elements(tree.Object).map((node) => {
    const versionId = optionalText(node, "VersionId");
    const etag = optionalText(node, "ETag");
    return {
      key: requireText(node, "Key"),
      ...(versionId && { versionId }),
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
  const parts = elements(readXml(xml, "CompleteMultipartUpload", ["Part"]).Part).map((node) => {
    const number = Number(requireText(node, "PartNumber"));
    if (!Number.isInteger(number) || number < 1) throw malformedXml("PartNumber is not a positive whole number");
    const algorithm = CHECKSUM_ALGORITHMS.find((each) => optionalText(node, `Checksum${each}`) !== undefined);
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

function elements(nodes: XmlNode | XmlNode[] | undefined): XmlNode[] {
  return nodes === undefined ? [] : Array.isArray(nodes) ? nodes : [nodes];
}

function unquote(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/, "$1");
}
