/** The log of the Node runtime: pino, one JSON line per event on standard output. */
import { pino } from 'pino';
import type { Log } from '../system.ts';

/** A log that writes events at or above the level. */
export function createPinoLog(level: string): Log {
  // Lines are written together, at the latest after a tenth of a second: a system call for each would stand in the way of a token.
  const output = pino.destination({ dest: 1, sync: true, minLength: 8192, periodicFlush: 100 });
  process.once('exit', () => output.flushSync());
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, output);
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}
