import { formatBytes } from "@sluice/model/byte-size.ts";
import { useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { ErrorNote } from "../../design/error-note.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { localWords } from "../../design/time-words.ts";
import { ChoiceList } from "../../forms/choice-list.tsx";
import form from "../../forms/form.module.css";
import { bundleTypesOf, typeOfKey } from "./bundle-types.ts";
import { BundleUpload } from "./bundle-upload.tsx";
import { type DeployTarget, NO_S3, type S3Form } from "./deploy-form-state.ts";
import type { DeployHandle } from "./deploy-handle.ts";

const SHOWN = 50;

/** A bundle of this server's own bucket: dropped here, or one that lies there. */
export function BundleField({ handle, target }: { handle: DeployHandle; target: DeployTarget }) {
  const [text, setText] = useState("");
  const { data, error, refetch } = useOperation("Sluice", "ListBundles", {}, { live: { changed: ["revisions"] } });
  const { bundle } = handle.form;
  const types: readonly string[] = bundleTypesOf(target.platform);
  const isOwn = ({ key }: { key: string }) => key.startsWith(`${target.applicationName}/`);
  const objects = (data?.objects ?? []).filter(({ key }) => types.includes(typeOfKey(key)));
  const found = objects
    .filter(({ key }) => key.toLowerCase().includes(text.toLowerCase()))
    // Those of the application first.
    .sort(
      (one, other) =>
        Number(isOwn(other)) - Number(isOwn(one)) || other.modifiedAt.getTime() - one.modifiedAt.getTime(),
    );
  const choose = (chosen: S3Form) => handle.change({ bundle: chosen });
  const idOf = ({ bucket, key }: { bucket: string; key: string }) => `${bucket}/${key}`;
  return (
    <>
      <BundleUpload
        applicationName={target.applicationName}
        platform={target.platform}
        onUploaded={({ bucket, key, bundleType }) => {
          choose({ ...NO_S3, bucket, key, bundleType });
          void refetch();
        }}
      />
      {error && <ErrorNote error={error} title="The bucket could not be read." />}
      {objects.length > 0 && (
        <>
          <p className={form.legend}>Or one in this server's bucket</p>
          <SearchField label="Search bundles" value={text} onChange={setText} />
          <ChoiceList
            label="Bundles of this server, the application's own and the newest first"
            options={found.slice(0, SHOWN).map((object) => ({
              id: idOf(object),
              title: object.key,
              aside: `${formatBytes(object.bytes)} · ${localWords(object.modifiedAt)}`,
            }))}
            value={bundle && idOf(bundle)}
            onChange={(id) => {
              const object = objects.find((one) => idOf(one) === id);
              if (object)
                choose({ ...NO_S3, bucket: object.bucket, key: object.key, bundleType: typeOfKey(object.key) });
            }}
            none="No bundle fits."
          />
          {found.length > SHOWN && <p className={form.about}>and {found.length - SHOWN} more: search for one.</p>}
        </>
      )}
    </>
  );
}
