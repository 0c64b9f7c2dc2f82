import { excerpt } from "@sluice/model/excerpt.ts";
import { clientFault } from "./definition-fault.ts";

const UNITS_OF_CORE = 1024;
const MEBIBYTES_OF_GIBIBYTE = 1024;
/** Of a task (as ECS on EC2). */
export const MIN_TASK_CPU_UNITS = 128;
export const MAX_TASK_CPU_UNITS = 196_608;
/** Below it the engine starts no container (as ECS). */
export const MIN_MEMORY_MEBIBYTES = 6;

/** `256`, or `.25 vCPU` as people write it; kept as units. */
export function readCpuUnits(text: string): string {
  const [, cores] = /^(\d*\.?\d+)\s*vcpu$/i.exec(text.trim()) ?? [];
  const units = cores === undefined ? Number(text) : Number(cores) * UNITS_OF_CORE;
  if (Number.isInteger(units) && units >= MIN_TASK_CPU_UNITS && units <= MAX_TASK_CPU_UNITS) return String(units);
  throw clientFault(
    `Invalid 'cpu' setting for task: ${excerpt(text)}. Give ${MIN_TASK_CPU_UNITS} to ${MAX_TASK_CPU_UNITS} CPU units (1024 is a core), or vCPUs such as 0.5 vCPU.`,
  );
}

/** `512`, or `0.5 GB` as people write it; kept as MiB. */
export function readMebibytes(text: string): string {
  const [, gigabytes] = /^(\d*\.?\d+)\s*gb$/i.exec(text.trim()) ?? [];
  const mebibytes = gigabytes === undefined ? Number(text) : Number(gigabytes) * MEBIBYTES_OF_GIBIBYTE;
  if (Number.isSafeInteger(mebibytes) && mebibytes >= MIN_MEMORY_MEBIBYTES) return String(mebibytes);
  throw clientFault(
    `Invalid 'memory' setting for task: ${excerpt(text)}. Give at least ${MIN_MEMORY_MEBIBYTES} MiB, or gigabytes such as 0.5 GB.`,
  );
}
