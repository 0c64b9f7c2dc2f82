import type { BundleType } from "@sluice/model/revision-location.ts";
import { ApiError, errorOf, UNREACHABLE } from "../../api/api-error.ts";
import { call } from "../../api/call.ts";

export interface UploadedBundle {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: BundleType;
}

/**
 * Puts a file into this server's bucket, by a URL that is made for it.
 * @param onProgress the share that is sent, 0 to 1
 */
export async function uploadBundle(
  applicationName: string,
  fileName: string,
  content: Blob,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadedBundle> {
  const { url, bucket, key, bundleType } = await call(
    "Sluice",
    "CreateBundleUpload",
    { applicationName, fileName },
    signal,
  );
  await put(url, content, onProgress, signal);
  return { bucket, key, bundleType: bundleType as BundleType };
}

/** By XMLHttpRequest, since `fetch` does not tell how much is sent. */
function put(url: string, content: Blob, onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener("abort", abort);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(storageError(request.status, request.responseText));
    };
    request.onerror = () =>
      reject(new ApiError(UNREACHABLE, "The upload broke off. Check the connection, and drop the file again.", 0));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", abort);
    request.open("PUT", url);
    request.send(content);
  });
}

/** S3 answers in XML. */
function storageError(status: number, text: string): ApiError {
  const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]+)<\/Message>/.exec(text)?.[1];
  if (code === undefined || message === undefined) return errorOf(status, text, "The bucket");
  return new ApiError(code, message, status);
}
