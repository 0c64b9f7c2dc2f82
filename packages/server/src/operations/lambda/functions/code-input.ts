import type { FunctionCode } from "@aws-sdk/client-lambda";
import { BucketFault } from "@sluice/bucket/store/bucket-fault.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_CODE_STORAGE_BYTES, MAX_DIRECT_ZIP_BYTES, MAX_UNZIPPED_BYTES } from "@sluice/model/lambda-limits.ts";
import { checkCodeZip } from "../../../functions/check-code-zip.ts";
import type { HeldCode } from "../../../functions/code-store.ts";
import { namedCode } from "../../../store/lambda/versions.ts";
import { invalid } from "../checks/lambda-faults.ts";
import type { LambdaContext } from "../lambda-context.ts";

type CodeInput = Pick<FunctionCode, "ZipFile" | "S3Bucket" | "S3Key" | "S3ObjectVersion">;

/** The zip of a call, from the call itself or from the bucket; checked, and not stored yet. */
export async function readZip(code: CodeInput, { platform, signal }: LambdaContext): Promise<Uint8Array> {
  const zip = code.ZipFile ?? (await readObject(code, platform.buckets));
  if (code.ZipFile && (code.S3Bucket !== undefined || code.S3Key !== undefined)) {
    throw invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.");
  }
  if (code.ZipFile && zip.byteLength > MAX_DIRECT_ZIP_BYTES) {
    throw new CallerFault(
      "RequestTooLargeException",
      `The zip has ${zip.byteLength} bytes, and a call takes ${MAX_DIRECT_ZIP_BYTES}: put it into the bucket with aws s3 cp, and give S3Bucket and S3Key.`,
    );
  }
  await checkCodeZip(zip, signal);
  return zip;
}

/** On the disk, and held until the version that names it is written. */
export async function storeZip(zip: Uint8Array, { store, platform }: LambdaContext): Promise<HeldCode> {
  const stored = [...(await namedCode(store.db)).values()].reduce((sum, bytes) => sum + bytes, 0);
  if (stored + zip.byteLength > MAX_CODE_STORAGE_BYTES) {
    throw new CallerFault(
      "CodeStorageExceededException",
      `Code storage limit exceeded: functions have ${stored} bytes of zips, of at most ${MAX_CODE_STORAGE_BYTES}. Delete versions that nobody needs: aws lambda delete-function --function-name NAME --qualifier VERSION`,
    );
  }
  return platform.code.put(zip);
}

async function readObject(
  { S3Bucket: bucket, S3Key: key, S3ObjectVersion: version }: CodeInput,
  buckets: LambdaContext["platform"]["buckets"],
): Promise<Uint8Array> {
  if (!bucket || !key) throw invalid("Please provide a source for function code: ZipFile, or S3Bucket and S3Key.");
  try {
    const opened = buckets.open(bucket, key, version);
    try {
      const { sizeBytes } = opened.object;
      if (sizeBytes > MAX_UNZIPPED_BYTES) {
        throw invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes: the zip has ${sizeBytes}.`);
      }
      const chunks: Buffer[] = [];
      if (sizeBytes > 0) for await (const chunk of opened.read()) chunks.push(chunk);
      return Buffer.concat(chunks);
    } finally {
      opened.close();
    }
  } catch (error) {
    if (!(error instanceof BucketFault)) throw error;
    throw invalid(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message} Upload it to this server's bucket: aws s3 cp code.zip s3://BUCKET/KEY`,
    );
  }
}
