import { z } from 'zod';

/** The most urgent first. A log holds its level and those above. */
const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** What is told about the process while it runs. */
export const telemetryOptions = {
  log: z
    .strictObject({
      level: z.enum(LEVELS).default('info').describe('Least urgent level that is still logged.'),
    })
    .prefault({}),
} as const;
