import { FormPart } from "../../forms/form-page.tsx";
import { TagRowsField } from "../../forms/tag-rows-field.tsx";
import type { GroupFormHandle } from "./group-form-handle.ts";

export function TagsPart({ handle: { form, change, touch, errorOf } }: { handle: GroupFormHandle }) {
  return (
    <FormPart title="Tags of the group" description="For your own order and for permissions. They select no hosts.">
      <TagRowsField
        rows={form.tags}
        onChange={(tags) => change({ tags })}
        onBlur={() => touch("tags")}
        error={errorOf("tags")}
      />
    </FormPart>
  );
}
