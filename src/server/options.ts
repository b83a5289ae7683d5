import { z } from 'zod';

/** `*`, or what a browser sends as its Origin: scheme, host and port, and nothing behind them. */
function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

/** The HTTP service's settings. */
export const serverOptions = {
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1').describe('Address that the HTTP service listens on.'),
      port: z.coerce
        .number()
        .int()
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
    })
    .prefault({}),
} as const;
