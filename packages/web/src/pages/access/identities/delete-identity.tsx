import { useState } from "react";
import { useChange } from "../../../api/use-operation.ts";
import { Checkbox } from "../../../design/checkbox.tsx";
import { ConfirmDialog } from "../../../design/dialog.tsx";
import { showToast } from "../../../design/toast.tsx";
import type { Identity } from "./identity.ts";

export function DeleteIdentity({ identity, onClose }: { identity: Identity; onClose: () => void }) {
  const { kind, name, keys } = identity;
  const deleteUser = useChange("Sluice", "DeleteUser");
  const deleteRole = useChange("Sluice", "DeleteRole");
  const [deletesKeys, setDeletesKeys] = useState(false);
  const keyWords = keys === 1 ? "1 key" : `${keys} keys`;
  return (
    <ConfirmDialog
      title={`Delete the ${kind} ${name}?`}
      isOpen
      onClose={onClose}
      confirmLabel={`Delete ${kind}`}
      isDangerous
      onConfirm={async () => {
        if (kind === "role") await deleteRole.mutateAsync({ roleName: name });
        else await deleteUser.mutateAsync({ userName: name, ...(deletesKeys && { deleteAccessKeys: true }) });
        showToast({ title: `The ${kind} ${name} is deleted` });
      }}
    >
      <p>
        {kind === "role"
          ? `Nobody can take it on any more. Its temporary keys end at once${keys > 0 ? `: ${keyWords}` : ""}.`
          : "Its policies of its own go with it. Policies that are attached to it stay."}
      </p>
      {kind === "user" && keys > 0 && (
        <Checkbox
          isSelected={deletesKeys}
          onChange={setDeletesKeys}
          description="Without it a user that has keys is not deleted."
        >
          Delete its {keyWords}, too
        </Checkbox>
      )}
    </ConfirmDialog>
  );
}
