import type { Json } from '../guess-mapping.ts';
import { readRefusal } from '../guess-request.ts';
import { advice, type Change } from './changes.ts';

/** A response that is no answer: what its status says to change. */
export function changesForStatus(response: {
  readonly status: number;
  readonly location: string | undefined;
  /** Parsed where it is JSON, else as text. */
  readonly reply: Json;
}): Change[] {
  const { status, location, reply } = response;
  if (status >= 300 && status < 400) return [redirect(location)];
  switch (status) {
    case 401:
    case 403:
    case 407:
      return [
        {
          setting: 'target.headers.authorization',
          value: `Bearer \${API_TOKEN}`,
          reason: `status ${status}: it wants credentials. Name a variable of the environment, which is never shown`,
          trust: 'medium',
        },
      ];
    case 404:
      return [
        advice('Status 404: nothing is served at this path. Give the whole URL of the API, path included.'),
      ];
    case 405:
      return [
        advice('Status 405: this path takes another method. Set target.method, or give the path of the API.'),
      ];
    case 429:
      return [
        advice(
          'Status 429: it turns requests away. Wait, or ask for a higher limit, before any load is sent.',
        ),
      ];
    default:
      return status >= 500 ? [advice(brokenBy(status))] : changesForRefusal(status, reply);
  }
}

function redirect(location: string | undefined): Change {
  const reason = 'it answers with a redirect, which is not followed: load would measure the redirect';
  return location === undefined
    ? advice(reason)
    : { setting: 'target.url', value: location, reason, trust: 'high' };
}

const brokenBy = (status: number): string =>
  [502, 503, 504].includes(status)
    ? `Status ${status}: the service, or what it needs, is not up. Its log, and the proxy before it, say why.`
    : `Status ${status}: the service failed. Its log says why; a request that it does not expect may be the cause.`;

/** The service does not take the request as it is: its words may say what it wants instead. */
function changesForRefusal(status: number, reply: Json): Change[] {
  const { body, needs } = readRefusal(reply);
  const changes: Change[] =
    body === undefined
      ? [
          advice(
            `Status ${status}: it does not take this request. Compare target.body with its documentation.`,
          ),
        ]
      : [
          { setting: 'target.body', value: body.body, reason: body.reason, trust: 'medium' },
          advice(
            'With a body of its own it needs expressions of its own: `groundspeed init` tries it, and finds both.',
          ),
        ];
  if (needs.length > 0)
    changes.push(advice(`It also asks for ${needs.join(', ')}: add them to target.body.`));
  return changes;
}
