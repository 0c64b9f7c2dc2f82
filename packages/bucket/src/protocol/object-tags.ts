/** Object tags, by S3's rules ("Categorizing your object using tags" in the S3 user guide). */
import { S3Error } from "./s3-error.ts";
import { malformedXml, readXml, requireKnown, requireText, type XmlNode } from "./s3-xml.ts";

export const MAX_OBJECT_TAGS = 10;
export const MAX_TAG_KEY_LENGTH = 128;
export const MAX_TAG_VALUE_LENGTH = 256;

export type ObjectTags = Record<string, string>;

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** `x-amz-tagging`: tags as a query, of which empty pairs are none. Undefined where there are none. Throws InvalidArgument, InvalidTag, BadRequest. */
export function readTaggingHeader(header: string | undefined): ObjectTags | undefined {
  if (header === undefined || header === "") return undefined;
  const written = header.split("&").filter((pair) => pair !== "");
  const pairs = written.map((pair) => {
    const equals = pair.indexOf("=");
    return [
      decode(equals < 0 ? pair : pair.slice(0, equals)),
      equals < 0 ? "" : decode(pair.slice(equals + 1)),
    ] as const;
  });
  const keys = pairs.map(([key]) => key);
  if (keys.includes("") || new Set(keys).size < keys.length) throw badTaggingHeader(header);
  return toTags(pairs);

  function decode(text: string): string {
    try {
      return decodeURIComponent(text.replaceAll("+", " "));
    } catch {
      throw badTaggingHeader(header!);
    }
  }
}

function badTaggingHeader(header: string): S3Error {
  return new S3Error(
    "InvalidArgument",
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    { ArgumentName: "x-amz-tagging", ArgumentValue: header },
  );
}

/** Undefined where there are none. Throws MalformedXML, InvalidTag, BadRequest. */
export function parseTagging(xml: string): ObjectTags | undefined {
  const tree = readXml(xml, "Tagging", ["Tag"]);
  requireKnown(tree, ["TagSet"]);
  const { TagSet: set } = tree;
  if (set === undefined || Array.isArray(set)) throw malformedXml("TagSet must be given once");
  requireKnown(set, ["Tag"]);
  const tags = typeof set === "object" ? (set.Tag ?? []) : [];
  return toTags(
    (Array.isArray(tags) ? tags : [tags]).map((tag: XmlNode) => {
      requireKnown(tag, ["Key", "Value"]);
      return [requireText(tag, "Key"), requireText(tag, "Value")] as const;
    }),
  );
}

function toTags(pairs: readonly (readonly [string, string])[]): ObjectTags | undefined {
  if (pairs.length > MAX_OBJECT_TAGS) {
    throw new S3Error("BadRequest", `Object tags cannot be greater than ${MAX_OBJECT_TAGS}`);
  }
  for (const [key, value] of pairs) {
    if (key === "" || key.length > MAX_TAG_KEY_LENGTH || !TAG_TEXT.test(key)) {
      throw invalidTag("The TagKey you have provided is invalid", key);
    }
    if (key.toLowerCase().startsWith("aws:")) throw invalidTag("System tags cannot be added/updated by requester", key);
    if (value.length > MAX_TAG_VALUE_LENGTH || !TAG_TEXT.test(value)) {
      throw invalidTag("The TagValue you have provided is invalid", key, value);
    }
  }
  const tags = new Map<string, string>();
  for (const [key, value] of pairs) {
    if (tags.has(key)) throw invalidTag("Cannot provide multiple Tags with the same key", key);
    tags.set(key, value);
  }
  return tags.size === 0 ? undefined : Object.fromEntries(tags);
}

function invalidTag(message: string, key: string, value?: string): S3Error {
  return new S3Error("InvalidTag", message, { TagKey: key, ...(value !== undefined && { TagValue: value }) });
}
