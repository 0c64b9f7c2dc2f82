/** What of the server's nouns may look different now. */
export type ChangedNoun =
  | "applications"
  | "groups"
  | "configs"
  | "revisions"
  | "hosts"
  | "keys"
  | "alarms"
  | "services"
  | "functions";

/** What a reader may want to look at again. It is told to those who listen, and kept nowhere. */
export type Notice =
  | { readonly kind: "changed"; readonly what: ChangedNoun }
  | { readonly kind: "logs"; readonly deploymentId: string; readonly targetId: string };

export type NoticeListener = (notice: Notice) => void;
