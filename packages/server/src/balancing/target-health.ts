/** A task or registered target in a target group, as the balancer knows it. */
export interface TargetReading {
  /**
   * `unused`: the balancer does not have it, since its group is behind no listener and without tasks, or it is gone. `initial`: too new to have been checked
   * often enough. `unavailable`: the balancer cannot be asked.
   */
  readonly state: "unused" | "initial" | "healthy" | "unhealthy" | "draining" | "unavailable";
  /** What its last health check was answered, or why the balancer cannot be asked; in words, or empty. */
  readonly detail: string;
  /** Connections or requests in flight, counted since it has the state `draining` where it has; null: nobody knows. */
  readonly sessions: number | null;
}

/** @param serverIds tasks' ids, and others of registered targets; null: it may be any */
export type TargetListener = (serverIds: ReadonlySet<string> | null) => void;

/** What the balancer of this server says of tasks. Kept in memory: after a start nothing is known until the balancer was read. */
export interface TargetHealth {
  /** Whether there is a balancer. It checks all tasks of target groups, also before a listener forwards to them. */
  readonly isThere: boolean;
  /** The newest reading of the task in the group. */
  ofTask(targetGroupArn: string, taskId: string): TargetReading;
  /**
   * Whether the task may be stopped without anybody noticing: the balancer sends it nothing new and it has nothing in flight. It is
   * not when the balancer cannot be asked; the group's deregistration delay bounds the wait.
   */
  isDrained(targetGroupArn: string, taskId: string): boolean;
  /** Calls `onChange` when the state of targets is another one than before, or one is drained now; the answer ends it. */
  subscribe(onChange: TargetListener): () => void;
  /** To be called when tasks came, got or lost an address, drain or are gone: the balancer is told soon after. */
  wake(): void;
}

/** Where sluice.yml binds no balancer: nobody checks tasks. */
export const NO_BALANCER: TargetHealth = {
  isThere: false,
  ofTask: () => ({ state: "unused", detail: "", sessions: 0 }),
  isDrained: () => true,
  subscribe: () => () => {},
  wake() {},
};
