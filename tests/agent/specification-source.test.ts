import { SpecificationSource } from "@sluice/agent/protocol/specification-source.ts";
import {
  createSigningCertificate,
  loadSigningKey,
  signSpecification,
} from "@sluice/server/signing/specification-envelope.ts";
import { expect, it } from "vitest";

const SPECIFICATION = {
  DeploymentId: "d-1",
  DeploymentGroupId: "group-1",
  DeploymentGroupName: "group",
  ApplicationName: "app",
  Revision: { RevisionType: "S3", S3Revision: { Bucket: "b", Key: "k", BundleType: "zip" } },
};

it("a URL of the bundle is a fresh one, and the specification is asked for once otherwise", async () => {
  const certificate = await createSigningCertificate();
  const payload = await signSpecification(JSON.stringify(SPECIFICATION), await loadSigningKey(certificate));
  let now = 0;
  let asked = 0;
  const source = new SpecificationSource(certificate.certificatePem, () => now);
  const urlFor = async (CommandName: string) => {
    const command = { HostCommandIdentifier: "1", DeploymentExecutionId: "a/b/c/d-1", CommandName };
    const ask = async () => {
      asked += 1;
      return {
        DeploymentSystem: "CodeDeploy" as const,
        DeploymentSpecification: { GenericEnvelope: { Format: "PKCS7/JSON", Payload: payload } },
        BundleUrl: `https://bucket.test/${asked}`,
      };
    };
    return (await source.obtain(command, ask)).bundleUrl;
  };
  expect(await urlFor("ApplicationStop")).toBe("https://bucket.test/1");
  now += 30_000;
  expect(await urlFor("DownloadBundle")).toBe("https://bucket.test/1");
  now += 1;
  expect(await urlFor("DownloadBundle")).toBe("https://bucket.test/2");
  now += 3_600_000;
  expect(await urlFor("Install")).toBeUndefined();
  expect(asked).toBe(2);
});
