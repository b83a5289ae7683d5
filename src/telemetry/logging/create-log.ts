import { type LoggerOptions, pino } from 'pino';
import { type Log, type LogSetting, loggerOptions } from './logger.ts';

const SILENT: Log = { info: () => undefined, warn: () => undefined };

/** A log like that of the HTTP service, for what is told outside of it: the same lines, the same fields. */
export function createLog(setting: LogSetting): Log {
  const options = loggerOptions(setting);
  return typeof options === 'object' ? pino(options as LoggerOptions, setting.stream) : SILENT;
}
