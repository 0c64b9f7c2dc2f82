import { invalid } from "../checks/lambda-faults.ts";

/** Of this machine, as Lambda calls it. */
export const ARCHITECTURE = process.arch === "arm64" ? "arm64" : "x86_64";

/** Code runs on this server's machine, so it is for that. */
export function requireArchitecture(architectures: readonly string[] | undefined): void {
  const other = architectures?.find((one) => one !== ARCHITECTURE);
  if (other === undefined) return;
  throw invalid(
    `Architectures ${JSON.stringify(other)} is not supported: this server's machine is ${ARCHITECTURE}. Give ${ARCHITECTURE}, or leave it out.`,
  );
}
