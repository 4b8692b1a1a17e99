/** One JSON line per event to a writer: what a Worker has. In Node, pino does the same. */
import type { Log } from '../system.ts';

type Level = keyof Log;
const levels: readonly Level[] = ['info', 'warn', 'error'];

/** Lines at or above the level; `silent` writes none. */
export function createJsonLog(level: Level | 'debug' | 'silent', write: (level: Level, line: string) => void): Log {
  const lowest = level === 'debug' ? 0 : level === 'silent' ? levels.length : levels.indexOf(level);
  const at =
    (of: Level): Log['info'] =>
    (event, fields) => {
      if (levels.indexOf(of) >= lowest)
        write(of, JSON.stringify({ level: of, time: new Date().toISOString(), event, ...fields }));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
