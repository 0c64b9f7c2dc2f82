import { excerpt } from "@sluice/model/excerpt.ts";
import { writeXml, type XmlFields } from "@sluice/wire/xml/write-xml.ts";
import { XMLParser } from "fast-xml-parser";
import { S3Error } from "./s3-error.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** A whole document of S3's with `root` around the fields, in their order. */
export function writeS3Xml(root: string, fields: XmlFields | string, options: { namespace?: boolean } = {}): string {
  const namespace = options.namespace === false ? undefined : NAMESPACE;
  return writeXml(root, fields, { namespace, isDeclared: true, controls: "referenced" });
}

/** An element as read: its text, or its children by name; `repeated` ones are always arrays. */
export type XmlNode = string | XmlTree;
export interface XmlTree {
  [element: string]: XmlNode | XmlNode[];
}

/** The content of `root`. Throws MalformedXML; document types, and with them entities of the sender's making, are refused. */
export function readXml(xml: string, root: string, repeated: readonly string[] = []): XmlTree {
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw malformedXml("it has a document type");
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    isArray: (name) => repeated.includes(name),
  });
  let document: unknown;
  try {
    document = parser.parse(xml, true);
  } catch (error) {
    // The parser quotes as much of the document as it likes.
    throw malformedXml(error instanceof Error ? excerpt(error.message) : "it cannot be read");
  }
  const tree = (document as Record<string, unknown>)[root];
  if (tree === undefined) throw malformedXml(`its root element is not ${root}`);
  return typeof tree === "object" && tree !== null ? (tree as XmlTree) : {};
}

/** The text of a child that must be there once. */
export function requireText(tree: XmlNode | undefined, name: string): string {
  const text = optionalText(tree, name);
  if (text === undefined) throw malformedXml(`${name} is missing`);
  return text;
}

export function optionalText(tree: XmlNode | undefined, name: string): string | undefined {
  if (typeof tree !== "object") return undefined;
  const value = tree[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw malformedXml(`${name} must be given once, as text`);
  return value;
}

/** What is not read would be accepted and not be done. Throws MalformedXML. */
export function requireKnown(tree: XmlNode | undefined, names: readonly string[]): void {
  if (typeof tree !== "object") return;
  const foreign = Object.keys(tree).find((name) => !names.includes(name) && name !== "#text");
  if (foreign !== undefined) throw malformedXml(`the element ${excerpt(foreign)} has no place in it`);
}

export function malformedXml(reason: string): S3Error {
  return new S3Error(
    "MalformedXML",
    `The XML you provided was not well-formed or did not validate against our published schema: ${reason}.`,
  );
}
