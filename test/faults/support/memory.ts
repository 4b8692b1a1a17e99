/** How much memory a process has, over a time. */
import { readFile } from 'node:fs/promises';

export interface MemoryWatch {
  /** Ends it, and answers every figure, in MB, in order. */
  stop(): readonly number[];
}

const everyMs = 500;

/** Resident memory of a process now, in MB. */
async function loadRssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024);
}

/** Looks again and again. */
export function watchMemory(pid: number): MemoryWatch {
  const figures: number[] = [];
  const timer = setInterval(() => void loadRssMb(pid).then((figure) => figures.push(figure)), everyMs);
  return {
    stop() {
      clearInterval(timer);
      return figures.filter(Number.isFinite);
    },
  };
}
