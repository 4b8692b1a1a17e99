/** The log of the Node runtime: pino, one JSON line per event on standard output. */
import { pino } from 'pino';
import type { Log } from '../ports.ts';

/** A log that writes events at or above the level. */
export function createPinoLog(level: string): Log {
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label) => ({ level: label }) },
  });
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}
