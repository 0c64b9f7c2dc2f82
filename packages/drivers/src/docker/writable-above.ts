import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { isWithin } from "./bind-folders.ts";
import type { EngineApi } from "./engine-api.ts";

/** What is read of the engine's `GET /containers/json`. */
interface Mounting {
  readonly Names: readonly string[] | null;
  readonly Mounts: readonly { readonly Type: string; readonly Source: string; readonly RW: boolean }[] | null;
}

/**
 * Who could change the way to a folder while the engine follows it: a running container that may write to a folder above. It could put a
 * link to any place of the machine there, after the folder was found to be allowed. Undefined: nobody. Asked while no such
 * container starts.
 * @param folder without links
 */
export async function writerAbove(api: EngineApi, folder: string, signal: AbortSignal): Promise<string | undefined> {
  const running = (await api.ask({ method: "GET", path: "/containers/json" }, signal)) as readonly Mounting[];
  for (const { Names, Mounts } of running) {
    for (const { Type, Source, RW } of Mounts ?? []) {
      if (Type !== "bind" || !RW) continue;
      const source = await realpath(Source).catch(() => Source);
      if (isWithin(source, dirname(folder))) return Names?.[0]?.slice(1) ?? "a container without a name";
    }
  }
  return undefined;
}
