import { z } from 'zod';

/** The most urgent first. A log holds its level and those above. */
const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** What is told about the process while it runs. */
export const telemetryOptions = {
  log: z
    .strictObject({
      level: z
        .enum(LEVELS)
        .default('warn')
        .describe(
          'Least urgent level that is still logged. The HTTP service writes JSON lines to stderr: from info on one for each request, never with what was asked or answered.',
        ),
    })
    .prefault({}),
} as const;
