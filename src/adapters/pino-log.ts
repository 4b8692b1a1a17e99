/** The log of the Node runtime: pino, one JSON line per event on standard output. */
import { pino } from 'pino';
import type { Log } from '../system.ts';
import { createLogOutput, type LogOutput } from './log-output.ts';

/** The log of a process, which knows when its lines are out. */
export type PinoLog = Log & Pick<LogOutput, 'written' | 'close'>;

/** A log that writes events at or above the level. */
export function createPinoLog(level: string): PinoLog {
  const output = createLogOutput(process.stdout, (count) => log.warn('log_lines_dropped', { count }));
  process.once('exit', () => void output.close());
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, output);
  const log: Log = {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
  return { ...log, written: output.written, close: output.close };
}
