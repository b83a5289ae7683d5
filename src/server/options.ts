import { z } from 'zod';
import { analyticsOptions } from './analytics/options.ts';

/** `*`, or what a browser sends as its Origin: scheme, host and port, and nothing behind them. */
function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

/** What an Authorization header can carry, and nobody guesses in an afternoon. */
const TOKEN = /^[\x21-\x7e]{8,}$/;

const whole = z.coerce.number().int();

/** The HTTP service's settings. */
export const serverOptions = {
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1').describe('Address that the HTTP service listens on.'),
      port: whole
        .min(0)
        .max(65_535)
        .default(8080)
        .describe('Port that the HTTP service listens on; 0 takes any free one.'),
      corsOrigins: z
        .union([
          z.array(z.string()),
          z.string().transform((list) =>
            list
              .split(',')
              .map((item) => item.trim())
              .filter(Boolean),
          ),
        ])
        .pipe(
          z.array(z.string().refine(isOrigin, 'must be * or an origin such as https://app.example.com:8443')),
        )
        .default([])
        .describe('Origins whose pages may call the HTTP service from a browser; * is any.'),
      apiToken: z
        .string()
        .refine((token) => TOKEN.test(token), 'must be 8 or more visible ASCII characters, without blanks')
        .meta({ secret: true })
        .optional()
        .describe(
          'Token that callers of /api and /metrics must send (Authorization: Bearer …). Without one, only this machine is served.',
        ),
      workers: whole
        .min(1)
        .max(256)
        .default(1)
        .describe(
          'Processes that answer questions. Each holds the index in memory; with more than one, another process takes documents in.',
        ),
      maxQueuedQueries: whole
        .min(0)
        .max(100_000)
        .default(100)
        .describe(
          'Questions that wait while limits.maxConcurrentQueries are being answered, at most, over all workers; past it they get a 503.',
        ),
      maxQueueWaitMs: whole
        .min(1)
        .max(600_000)
        .default(2000)
        .describe('Milliseconds that a question waits for its turn, at most; then it gets a 503.'),
      queueTargetMs: whole
        .min(1)
        .max(600_000)
        .default(500)
        .describe(
          'Milliseconds that questions may wait for their turn as a rule. Once the first in the queue has waited longer for queueIntervalMs, no more are taken in than can be served within this: the others get a 503 at once.',
        ),
      queueIntervalMs: whole
        .min(0)
        .max(600_000)
        .default(1000)
        .describe(
          'Milliseconds after which a queue that is older than queueTargetMs is no burst any more, and after which it is one again when nobody had to be refused.',
        ),
      workerPatienceMs: whole
        .min(100)
        .max(3_600_000)
        .default(30_000)
        .describe(
          'With several workers: milliseconds for which a process of the service may say nothing; then it is taken for hung, killed and replaced.',
        ),
      maxBodyBytes: whole
        .min(1024)
        .max(1_073_741_824)
        .default(16_777_216)
        .describe('Largest request body that is taken, in bytes.'),
      drainMs: whole
        .min(0)
        .max(600_000)
        .default(10_000)
        .describe(
          'Milliseconds that requests in flight may take to end once the HTTP service is asked to stop.',
        ),
    })
    .prefault({}),
  ...analyticsOptions,
} as const;

export type ServerOptions = z.infer<typeof serverOptions.server>;
