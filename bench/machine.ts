import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median, worst } from "./statistics.ts";

/** What every figure depends on. Times in milliseconds. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  /** Writing 4 KiB to the end of a file and flushing it, on the disk that the figures use. */
  readonly flushMedian: number;
  readonly flushWorst: number;
}

const FLUSHES = 200;
const FLUSHED_BYTES = 4096;

export function describeMachine(folder: string): Machine {
  const flushes = measureFlushes(join(folder, "flushed"));
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    flushMedian: median(flushes),
    flushWorst: worst(flushes),
  };
}

function measureFlushes(path: string): readonly number[] {
  const descriptor = openSync(path, "w");
  const block = Buffer.alloc(FLUSHED_BYTES, "x");
  try {
    return Array.from({ length: FLUSHES }, () => {
      const start = performance.now();
      writeSync(descriptor, block);
      fsyncSync(descriptor);
      return performance.now() - start;
    });
  } finally {
    closeSync(descriptor);
    rmSync(path);
  }
}

/** How busy the machine is with what is not ours, before a figure begins. */
export interface Surroundings {
  readonly loadAverage: number;
  /** Of all cores, 0 to 1. */
  readonly busyShare: number;
}

const SAMPLE_MILLISECONDS = 1_000;

export async function lookAround(): Promise<Surroundings> {
  const before = readProcessorTimes();
  await sleep(SAMPLE_MILLISECONDS);
  const after = readProcessorTimes();
  const total = after.total - before.total;
  return {
    loadAverage: loadavg()[0] ?? 0,
    busyShare: total === 0 ? 0 : 1 - (after.idle - before.idle) / total,
  };
}

function readProcessorTimes(): { readonly total: number; readonly idle: number } {
  const fields = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.trim().split(/\s+/).slice(1).map(Number);
  // user nice system idle iowait irq softirq steal; guest times are in user's already.
  const counted = fields.slice(0, 8);
  return { total: counted.reduce((sum, value) => sum + value, 0), idle: (fields[3] ?? 0) + (fields[4] ?? 0) };
}
