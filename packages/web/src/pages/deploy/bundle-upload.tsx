import { formatBytes } from "@sluice/model/byte-size.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { useEffect, useRef, useState } from "react";
import { type DropItem, DropZone, FileTrigger } from "react-aria-components";
import { announce } from "../../design/announcer.ts";
import { Button } from "../../design/button.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Icon } from "../../design/icon.tsx";
import { useAccess } from "../../shell/access.tsx";
import { typeOfKey } from "./bundle-types.ts";
import styles from "./bundle-upload.module.css";
import { type Dropped, type FolderFile, folderOf, withoutLeftOut } from "./dropped-files.ts";
import { type UploadedBundle, uploadBundle } from "./upload-bundle.ts";
import { zipFolder } from "./zip-folder.ts";

interface BundleUploadProps {
  readonly applicationName: string;
  readonly platform: ComputePlatform;
  readonly onUploaded: (bundle: UploadedBundle) => void;
}

type Progress =
  | { readonly step: "packing" | "sending"; readonly name: string; readonly share: number }
  | { readonly step: "done"; readonly name: string; readonly bytes: number };

/** Takes a bundle, or a folder that becomes one, and puts it into this server's bucket. */
export function BundleUpload({ applicationName, platform, onUploaded }: BundleUploadProps) {
  const { refusal } = useAccess();
  const [progress, setProgress] = useState<Progress>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const refused = refusal("s3:PutObject");
  const isBusy = progress !== undefined && progress.step !== "done";

  const upload = async (dropped: Dropped | undefined) => {
    if (dropped === undefined) return;
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setError(undefined);
    try {
      const { name, content } = await contentOf(dropped, setProgress, signal);
      setProgress({ step: "sending", name, share: 0 });
      const send = (share: number) => setProgress({ step: "sending", name, share });
      const bundle = await uploadBundle(applicationName, name, content, send, signal);
      setProgress({ step: "done", name, bytes: content.size });
      announce(`${name} is uploaded`);
      onUploaded(bundle);
    } catch (thrown) {
      if (signal.aborted) return;
      setProgress(undefined);
      setError(thrown);
    }
  };

  const cancel = () => {
    running.current?.abort();
    setProgress(undefined);
  };

  return (
    <>
      <DropZone
        isDisabled={refused !== undefined}
        className={styles.zone ?? ""}
        getDropOperation={() => "copy"}
        onDrop={({ items }) => void droppedOf(items).then(upload, setError)}
        aria-label="Drop a bundle or a folder here"
      >
        {progress === undefined ? (
          <Icon name="upload" size={20} />
        ) : (
          <ProgressWords progress={progress} onCancel={cancel} />
        )}
        {!isBusy && (
          <>
            <p className={styles.words}>
              {refused ??
                (platform === "Server"
                  ? "Drop a zip, tgz or tar here, or a folder, which is zipped in the browser."
                  : "Drop an AppSpec file here (yml, yaml, json), or a zip, tgz or tar that holds one.")}
            </p>
            <div className={styles.buttons}>
              <FileTrigger
                acceptedFileTypes={[
                  ".zip",
                  ".tgz",
                  ".gz",
                  ".tar",
                  ...(platform === "Server" ? [] : [".yml", ".yaml", ".json"]),
                ]}
                onSelect={(files) => void upload(fileOf(files))}
              >
                <Button size="small" unavailable={refused}>
                  Choose a file
                </Button>
              </FileTrigger>
              {platform === "Server" && (
                <FileTrigger acceptDirectory onSelect={(files) => void upload(folderOf([...(files ?? [])]))}>
                  <Button size="small" unavailable={refused}>
                    Choose a folder
                  </Button>
                </FileTrigger>
              )}
            </div>
          </>
        )}
      </DropZone>
      {error !== undefined && <ErrorNote error={error} title="Nothing was uploaded." />}
    </>
  );
}

function ProgressWords({ progress, onCancel }: { progress: Progress; onCancel: () => void }) {
  if (progress.step === "done") {
    return (
      <p className={styles.done}>
        <Icon name="check-circle" /> {progress.name} · {formatBytes(progress.bytes)}
      </p>
    );
  }
  const percent = Math.round(progress.share * 100);
  const words = `${progress.step === "packing" ? "Packing" : "Uploading"} ${progress.name}`;
  return (
    <div className={styles.progress}>
      <p className={styles.words}>
        {words}, {percent} %
      </p>
      <progress aria-label={words} value={percent} max={100} className={styles.bar} />
      <Button size="small" variant="quiet" onPress={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

async function contentOf(
  dropped: Dropped,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly content: Blob }> {
  if (dropped.kind === "bundle") return { name: dropped.file.name, content: dropped.file };
  const name = `${dropped.name}.zip`;
  onProgress({ step: "packing", name, share: 0 });
  const content = await zipFolder(dropped.files, (share) => onProgress({ step: "packing", name, share }), signal);
  return { name, content };
}

function fileOf(files: FileList | null): Dropped | undefined {
  const file = files?.[0];
  return file && { kind: "bundle", file };
}

async function droppedOf(items: readonly DropItem[]): Promise<Dropped> {
  const [item] = items;
  if (item === undefined || item.kind === "text") throw new Error("That is no file. Drop a bundle or a folder.");
  if (items.length > 1)
    throw new Error(`These are ${items.length} things. Drop one bundle, or one folder that has all in it.`);
  if (item.kind === "directory") {
    const files: FolderFile[] = [];
    await collect(item, "", files);
    return { kind: "folder", name: item.name, files: withoutLeftOut(files) };
  }
  if (typeOfKey(item.name) === "") {
    throw new Error(`${item.name} is no bundle: drop a zip, tgz or tar, or the folder that it is made of.`);
  }
  return { kind: "bundle", file: await item.getFile() };
}

async function collect(
  directory: Extract<DropItem, { kind: "directory" }>,
  prefix: string,
  files: FolderFile[],
): Promise<void> {
  for await (const entry of directory.getEntries()) {
    const path = `${prefix}${entry.name}`;
    if (entry.kind === "directory") await collect(entry, `${path}/`, files);
    else if (entry.kind === "file") files.push({ path, file: await entry.getFile() });
  }
}
