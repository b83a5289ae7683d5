import type { CanaryFigures } from '../experiments/canary.ts';
import type { NightlyRun } from '../experiments/nightly.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';

/** Where a service takes what golden questions came to. */
export interface PushSetting {
  /** The service's; a path of its own is left out. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What to do where the service takes no figures. By default the canary's way. */
  readonly hint?: string;
}

const PATIENCE_MS = 10_000;
const PUSH_PATH = '/api/evaluation';
const CANARY_HINT = 'For another service give --metrics-port, and let Prometheus scrape it.';

/** Tells the service. Throws `target.http4xx`, `target.http5xx` or `target.connect`. */
export async function pushFigures(
  figures: CanaryFigures | NightlyRun,
  { url, headers, signal, hint = CANARY_HINT }: PushSetting,
): Promise<void> {
  const address = new URL(PUSH_PATH, url).href;
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorisationOf(headers) },
    body: JSON.stringify(figures),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
  }).catch((cause: unknown) => {
    throw new GroundspeedError(
      'target.connect',
      `The figures could not be sent to ${address}: ${messageOf(cause)}`,
      {
        where: address,
        cause,
      },
    );
  });
  await response.body?.cancel();
  if (response.ok) return;
  throw new GroundspeedError(
    response.status < 500 ? 'target.http4xx' : 'target.http5xx',
    `${address} answered ${response.status}: the figures were not taken`,
    {
      where: address,
      hint:
        response.status === 404
          ? `Only groundspeed serve takes them. ${hint}`
          : response.status === 401
            ? 'Give the token of the service: GROUNDSPEED_API_TOKEN.'
            : 'Look at the log of the service.',
    },
  );
}

function authorisationOf({ authorization }: Readonly<Record<string, string>>): Record<string, string> {
  return authorization === undefined ? {} : { authorization };
}
