import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import type { QueryClient } from "@tanstack/react-query";
import { fetchAllHosts } from "../../api/all-hosts.ts";
import { call } from "../../api/call.ts";
import { operationKey } from "../../api/use-operation.ts";
import { statusLook } from "../../design/status.ts";
import type { Access } from "../access.tsx";
import type { Command, CommandSource } from "../commands.ts";
import { bestMatches } from "./match.ts";
import { deploymentCommand, overviewCommands } from "./overview-commands.ts";
import { actionCommands, type Go, placeCommands } from "./place-commands.ts";

/** Of one kind; who looks for more than that types more. */
const SHOWN = 6;
/** An id's or a name's beginning: fewer characters find too much to be of use. */
const LEAST_CHARACTERS = 2;
const TYPING_MILLISECONDS = 200;

interface SourceParts {
  readonly go: Go;
  readonly client: QueryClient;
  readonly access: Access;
  readonly leave: () => void;
}

/** What the console itself finds, in the order of the headings. */
export function builtInSources({ go, client, access, leave }: SourceParts): readonly CommandSource[] {
  const places = placeCommands(go);
  const actions = actionCommands(go, access, leave);
  const overview = async () => {
    const known = await client.ensureQueryData({
      queryKey: operationKey("Sluice", "GetOverview", {}),
      queryFn: ({ signal }) => call("Sluice", "GetOverview", {}, signal),
    });
    return overviewCommands(known, go, access);
  };
  const names: CommandSource = async (text) => {
    const { active, applications, groups } = await overview();
    if (text === "") return active.slice(0, SHOWN);
    return [active, applications, groups].flatMap((commands) => bestMatches(commands, text, SHOWN));
  };
  return [
    names,
    (text, signal) => findDeployments(text, signal, go),
    (text, signal) => findHosts(text, signal, client, go),
    (text) => bestMatches(places, text, text === "" ? places.length : SHOWN),
    async (text) => (text === "" ? [] : bestMatches((await overview()).deploy, text, SHOWN)),
    (text) => bestMatches(actions, text, text === "" ? actions.length : SHOWN),
  ];
}

async function findDeployments(text: string, signal: AbortSignal, go: Go): Promise<readonly Command[]> {
  if (text.length < LEAST_CHARACTERS) return [];
  await pause(TYPING_MILLISECONDS, signal);
  const { deployments } = await call("Sluice", "SearchDeployments", { text, limit: SHOWN }, signal);
  return deployments.map((deployment) => deploymentCommand(deployment, go));
}

async function findHosts(text: string, signal: AbortSignal, client: QueryClient, go: Go): Promise<readonly Command[]> {
  if (text.length < LEAST_CHARACTERS) return [];
  await pause(TYPING_MILLISECONDS, signal);
  const hosts = await fetchAllHosts(client);
  return bestMatches(
    hosts.map((host) => hostCommand(host, go)),
    text,
    SHOWN,
  );
}

function hostCommand({ hostId, hostName, state, zone, address, tags }: HostSummary, go: Go): Command {
  return {
    id: `host ${hostId}`,
    title: hostName,
    subtitle: [statusLook(state).label, zone, hostId].filter(Boolean).join(" · "),
    keywords: [address ?? "", ...tags.map(({ Key, Value }) => `${Key}=${Value}`)],
    icon: "server",
    section: "Hosts",
    run: () => void go({ to: "/-/hosts/$host", params: { host: hostId } }),
  };
}

/** Rejects when more was typed meanwhile. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
