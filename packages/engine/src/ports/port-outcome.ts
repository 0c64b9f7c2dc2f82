/**
 * How far a port has got with a wish that takes its time. `done`: it is so; `detail` says what a person should know of how (no health check
 * was there to wait for, sessions outlived the drain time). `pending`: under way (sessions drain, health checks run), ask again with the
 * same call; `detail` is for people, and `ifLeft` a sentence that says what comes of it when nobody asks again. `failed`: it will not come
 * about by asking again; `reason` is the provider's own, and `code` an ErrorCode of CodeDeploy (`IAM_ROLE_PERMISSIONS`) where the
 * driver knows a truer one than that of the step which it was asked for.
 */
export type PortOutcome =
  | { readonly outcome: "done"; readonly detail?: string }
  | {
      readonly outcome: "pending";
      readonly retryAfterMilliseconds: number;
      readonly detail: string;
      readonly ifLeft?: string;
      /** When the driver ends this wait by itself, epoch milliseconds; absent: the caller alone does. */
      readonly until?: number;
      /** As of `failed`: whose trouble it is if it does not come about in time. */
      readonly code?: string;
    }
  | { readonly outcome: "failed"; readonly reason: string; readonly code?: string };
