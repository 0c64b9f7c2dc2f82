import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SpecificationRevision } from "@sluice/model/deployment-specification.ts";
import { APP_SPEC_NAMES } from "@sluice/model/lint/bundle-listing.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import { CommandFailed } from "../command-failed.ts";
import { bundleTypeOf } from "../revision/bundle-types.ts";

export const LOCAL_TYPES = ["tgz", "tar", "zip", "directory"] as const;
export type LocalType = (typeof LOCAL_TYPES)[number];

const GITHUB_FORMS =
  "https://github.com/OWNER/REPOSITORY (its newest commit), https://api.github.com/repos/OWNER/REPOSITORY/tarball/COMMIT or …/zipball/COMMIT";

/** What is deployed: a path of this machine, `s3://BUCKET/KEY`, or a repository on GitHub. */
export interface LocalLocation {
  /** As it was given. */
  readonly text: string;
  readonly revision: SpecificationRevision;
}

/**
 * @param text a path, or a URL
 * @param type undefined: as the location says
 * @param appSpecFile looked for in a directory, before anything is done
 * @throws CommandFailed that names the option, its value and the cure
 */
export function localLocation(
  text: string,
  { type, appSpecFile }: { readonly type?: string | undefined; readonly appSpecFile?: string | undefined },
): LocalLocation {
  const given = type === undefined ? undefined : typeOf(type);
  if (/^s3:/i.test(text)) return { text, revision: s3Revision(text, given) };
  if (/^https:/i.test(text)) return { text, revision: gitHubRevision(text, given) };
  if (/^http:/i.test(text)) throw wrong(text, "cannot be http: only encrypted URLs (https) are read. Write https://");
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    throw wrong(text, "is neither a path, nor s3://BUCKET/KEY, nor a repository on GitHub. Give one of these");
  }
  return { text, revision: revisionAt(text, given, appSpecFile) };
}

function typeOf(type: string): LocalType {
  const known = LOCAL_TYPES.find((one) => one === type);
  if (known !== undefined) return known;
  throw new CommandFailed(`--type ${JSON.stringify(type)} is none of ${LOCAL_TYPES.join(", ")}. Give one of these.`);
}

function revisionAt(path: string, type: LocalType | undefined, appSpecFile: string | undefined): SpecificationRevision {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw wrong(path, "does not exist. Name a directory, or a file that ends in .zip, .tgz or .tar");
  if (!stats.isDirectory() && !stats.isFile()) throw wrong(path, "is neither a file nor a directory");
  const actual = type ?? (stats.isDirectory() ? "directory" : typeByEnding(path));
  if (actual === "directory" && !stats.isDirectory()) {
    throw wrong(path, "is a file, but --type is directory. Leave --type out, or give tgz, tar or zip");
  }
  if (actual !== "directory" && stats.isDirectory()) {
    throw wrong(path, `is a directory, but --type is ${actual}. Leave --type out, or name the ${actual} file`);
  }
  if (actual === "directory") checkHasAppSpec(path, appSpecFile);
  return {
    RevisionType: actual === "directory" ? "Local Directory" : "Local File",
    LocalRevision: { Location: resolve(path), BundleType: actual },
  };
}

function typeByEnding(path: string): LocalType {
  const found = bundleTypeOf(path);
  if (found !== undefined) return found.type;
  throw wrong(path, "does not say what it is. Add --type tgz, tar or zip");
}

function checkHasAppSpec(directory: string, appSpecFile: string | undefined): void {
  const names = appSpecFile === undefined ? APP_SPEC_NAMES : [appSpecFile];
  if (names.some((name) => existsSync(join(directory, name)))) return;
  const cure = appSpecFile === undefined ? "name the file with --appspec-filename, or " : "";
  throw wrong(
    directory,
    `has no ${names.join(" or ")}. Run the command in the directory that has it, name that directory with --bundle-location, or ` +
      `${cure}write a first one: sluice init ${shellWord(directory)}`,
  );
}

function s3Revision(text: string, type: LocalType | undefined): SpecificationRevision {
  const match = /^s3:\/\/([^/?]+)\/([^?]+)(?:\?(.*))?$/i.exec(text);
  if (match === null)
    throw wrong(text, "is not of the form s3://BUCKET/KEY, to which ?versionId=V&etag=E may be added");
  const [, bucket = "", key = "", query = ""] = match;
  const bundleType = type ?? typeByEnding(key);
  if (bundleType === "directory") throw wrong(text, "is an object, which is no directory. Add --type tgz, tar or zip");
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => name !== "versionId" && name !== "etag");
  if (unknown !== undefined)
    throw wrong(text, `has the parameter ${JSON.stringify(unknown)}; versionId and etag are known. Remove it`);
  const version = parameters.get("versionId");
  const etag = parameters.get("etag");
  return {
    RevisionType: "S3",
    S3Revision: {
      Bucket: bucket,
      Key: key,
      BundleType: bundleType,
      ...(version === null ? {} : { Version: version }),
      ...(etag === null ? {} : { ETag: etag }),
    },
  };
}

function gitHubRevision(text: string, type: LocalType | undefined): SpecificationRevision {
  const place = gitHubPlace(text);
  if (place === undefined) throw wrong(text, `is no repository on GitHub. Give ${GITHUB_FORMS}`);
  const { account, repository, commit, bundleType } = place;
  if (type === "tgz" || type === "directory") {
    throw new CommandFailed(`--type ${type} is nothing that GitHub has. Leave --type out, or give tar or zip.`);
  }
  return {
    RevisionType: "GitHub",
    GitHubRevision: { Account: account, Repository: repository, CommitId: commit, BundleType: type ?? bundleType },
  };
}

interface GitHubPlace {
  readonly account: string;
  readonly repository: string;
  readonly commit: string;
  readonly bundleType: "tar" | "zip";
}

function gitHubPlace(text: string): GitHubPlace | undefined {
  const page = /^https:\/\/github\.com\/([^/?#]+)\/([^/?#]+?)(?:\.git)?\/?$/i.exec(text);
  if (page !== null) return { account: page[1] ?? "", repository: page[2] ?? "", commit: "HEAD", bundleType: "zip" };
  const archive = /^https:\/\/api\.github\.com\/repos\/([^/?#]+)\/([^/?#]+)\/(tarball|zipball)\/([^?#]+)$/i.exec(text);
  if (archive === null) return undefined;
  const [, account = "", repository = "", kind = "", commit = ""] = archive;
  return { account, repository, commit, bundleType: kind.toLowerCase() === "tarball" ? "tar" : "zip" };
}

function wrong(location: string, problem: string): CommandFailed {
  return new CommandFailed(`--bundle-location ${JSON.stringify(location)} ${problem}.`);
}
