import type { AutocannonRecord } from '../../src/records/schema.ts';

export const AUTOCANNON: AutocannonRecord = {
  version: '9.0.0',
  connections: 100,
  seconds: 10,
  requestsPerSecond: 24_512,
  non2xx: 3,
  errors: 0,
  timeouts: 0,
  latencyMs: { p50: 3.8, p97_5: 9.1, p99: 14, max: 212 },
  caveats: [
    'It sends the next request when the last was answered, so that a stall hides those that would have suffered.',
    'After a socket closes it pairs responses with the wrong start times.',
  ],
};
