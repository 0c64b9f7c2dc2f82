/**
 * What the server has read of a revision before it makes a deployment of it. `bundle`: nothing, hosts fetch it and read it. `app-spec`: the
 * AppSpec's text, which says how the deployment goes.
 */
export type ReadRevision =
  | { readonly kind: "bundle" }
  /** `from`: where it lies, for messages: `s3://bucket/key`, `appspec.yaml in s3://bucket/key`, `The AppSpec`. */
  | { readonly kind: "app-spec"; readonly text: string; readonly from: string };

export type ReadAppSpec = Extract<ReadRevision, { readonly kind: "app-spec" }>;

/** Who reads the AppSpec of a platform's revisions: the hosts, or the server. */
export type RevisionReader = "hosts" | "server";
