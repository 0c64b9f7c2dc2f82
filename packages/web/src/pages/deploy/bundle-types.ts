import { BUNDLE_TYPES } from "@sluice/model/revision-location.ts";
import type { DeployTarget, S3Form } from "./deploy-form-state.ts";

/** Hosts unpack an archive; a service is told by one file. */
export function bundleTypesOf(platform: DeployTarget["platform"]) {
  return BUNDLE_TYPES.filter((type) => platform !== "Server" || (type !== "YAML" && type !== "JSON"));
}

/** By what a key ends with; empty where it says nothing. */
export function typeOfKey(key: string): S3Form["bundleType"] {
  if (/\.zip$/i.test(key)) return "zip";
  if (/\.(tgz|tar\.gz)$/i.test(key)) return "tgz";
  if (/\.tar$/i.test(key)) return "tar";
  if (/\.ya?ml$/i.test(key)) return "YAML";
  return /\.json$/i.test(key) ? "JSON" : "";
}
