import { useSyncExternalStore } from "react";
import type { Observable } from "./observable.ts";

/** What follows from an observed value. A component is drawn anew when that changes, and not with every change of the value. */
export function useDerived<T, Derived extends string | number | boolean | undefined>(
  observed: Observable<T>,
  derive: (value: T) => Derived,
): Derived {
  return useSyncExternalStore(observed.subscribe, () => derive(observed.get()));
}
