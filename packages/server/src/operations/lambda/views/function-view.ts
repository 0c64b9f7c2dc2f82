import type { FunctionConfiguration as Shown } from "@aws-sdk/client-lambda";
import { functionArn } from "@sluice/model/lambda-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { FunctionVersion } from "../../../store/lambda/versions.ts";
import { ARCHITECTURE } from "../functions/architecture.ts";

/**
 * A version as Lambda shows it. What is stored runs: it is Active at once, and no update is ever under way.
 *
 * @param qualifier by which it was asked for; undefined: the function alone
 */
export function functionView(version: FunctionVersion, scope: ArnScope, qualifier?: string): Shown {
  const { functionName, configuration } = version;
  return {
    FunctionName: functionName,
    FunctionArn: functionArn(scope, functionName, qualifier),
    Runtime: configuration.runtime as Shown["Runtime"],
    Role: configuration.role,
    ...(configuration.handler !== "" && { Handler: configuration.handler }),
    CodeSize: version.codeBytes,
    Description: configuration.description,
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memoryMegabytes,
    LastModified: lambdaTime(version.modifiedAt),
    CodeSha256: digestView(version.codeSha256),
    Version: version.version,
    ...(Object.keys(configuration.variables).length > 0 && { Environment: { Variables: configuration.variables } }),
    TracingConfig: { Mode: "PassThrough" },
    RevisionId: version.revisionId,
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: [ARCHITECTURE],
    EphemeralStorage: { Size: configuration.ephemeralStorageMegabytes },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
  };
}

/** Lambda shows digests in base64. */
export function digestView(sha256Hex: string): string {
  return Buffer.from(sha256Hex, "hex").toString("base64");
}

/** `2026-11-29T12:00:00.000+0000`, as Lambda writes times. */
function lambdaTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "+0000");
}
