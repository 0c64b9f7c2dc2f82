import { BucketFault } from "@sluice/bucket/store/bucket-fault.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { REVISIONS_BUCKET_DEFAULT } from "@sluice/model/revisions-bucket.ts";
import { encodeComponent } from "@sluice/wire/sigv4/canonical-request.ts";
import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import type { CreateBundleUploadInput, CreateBundleUploadOutput } from "@sluice/wire/sluice/console-api.ts";
import type { Action } from "../../../access/action.ts";
import { authorize } from "../../../access/authorize.ts";
import { accessDenied } from "../../../access/require-allowed.ts";
import { requireApplication } from "../../codedeploy/checks/known-resources.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { bundleKey } from "./bundle-key.ts";

/** In which an upload has to begin. */
export const UPLOAD_URL_EXPIRES_SECONDS = 3_600;

/**
 * A URL for one PUT, signed with the caller's own key: it opens what the key may do, and nothing once the key is gone. What is signed is the
 * Host of this very call, so that the URL, being relative, works by whichever of the server's names the caller came.
 */
export const createBundleUpload: Operation<CreateBundleUploadInput, CreateBundleUploadOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { store, bundles, principal, region, host, randomText } = context;
  const applicationName = requireApplicationName(input.applicationName);
  const { key, type } = bundleKey(applicationName, input.fileName, randomText);
  await requireApplication(store.db, applicationName);
  requireMay(context, "s3:PutObject", `arn:aws:s3:::${REVISIONS_BUCKET_DEFAULT}/${key}`);
  const elsewhere = bundles.driverElsewhere({ bucket: REVISIONS_BUCKET_DEFAULT, key });
  if (elsewhere !== undefined) {
    throw new CallerFault(
      "ValidationException",
      `sluice.yml binds the bucket ${REVISIONS_BUCKET_DEFAULT} to the driver ${elsewhere}, so that deployments do not read it from this server. Upload the file there: aws s3 cp FILE s3://BUCKET/KEY`,
    );
  }
  const credentials = await bundles.accessKeys.find(principal.accessKeyId);
  // Of a temporary key the server has no token to sign with.
  if (!credentials || credentials.tokenSha256 !== undefined) {
    throw new CallerFault(
      "AccessDeniedException",
      `The access key ${principal.accessKeyId} is a temporary one, or not stored on this server, and signs no URLs: call with another key.`,
    );
  }
  if (credentials.tokenSha256 !== undefined) {
    throw new CallerFault(
      "AccessDeniedException",
      `The access key ${principal.accessKeyId} is a temporary one, and the server signs no URLs for it. Upload the file yourself: aws s3 cp FILE s3://${REVISIONS_BUCKET_DEFAULT}/KEY`,
    );
  }
  makeBucket(context);
  const now = new Date(context.now());
  const path = [REVISIONS_BUCKET_DEFAULT, ...key.split("/")].map(encodeComponent).join("/");
  const signed = presignUrl({
    method: "PUT",
    headers: { host },
    url: `http://${host}/${path}`,
    service: "s3",
    region,
    credentials,
    now,
    expiresSeconds: UPLOAD_URL_EXPIRES_SECONDS,
  });
  return {
    bucket: REVISIONS_BUCKET_DEFAULT,
    key,
    bundleType: type,
    url: signed.slice(signed.indexOf(`/${path}`)),
    expiresAt: new Date(now.getTime() + UPLOAD_URL_EXPIRES_SECONDS * 1_000),
  };
};

function requireMay({ principal, accountId }: SluiceContext, action: Action, resource: string): void {
  if (authorize(principal, action, resource) === "allowed") return;
  throw accessDenied(principal, action, accountId, "An upload needs it: call with a key that may.");
}

function makeBucket(context: SluiceContext): void {
  const { buckets } = context.bundles;
  try {
    buckets.headBucket(REVISIONS_BUCKET_DEFAULT);
  } catch (error) {
    if (!(error instanceof BucketFault) || error.code !== "NoSuchBucket") throw error;
    requireMay(context, "s3:CreateBucket", `arn:aws:s3:::${REVISIONS_BUCKET_DEFAULT}`);
    // Nothing between the two lets anybody else make it.
    buckets.createBucket(REVISIONS_BUCKET_DEFAULT);
  }
}
