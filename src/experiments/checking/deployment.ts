import { ReplyReader } from '../../load/targets/http/reply-reader.ts';
import type { TargetDescription } from '../../load/targets/http/target-description.ts';
import type { Deployment } from '../acceptance/check.ts';
import { describedRequest, replyOf } from './described-request.ts';

/** Where services tell whether they are well, unless somebody says otherwise. */
const HEALTH_PATH = '/health';

/** APIs of which nobody says that they have such a place. */
const WITHOUT_HEALTH: ReadonlySet<string | undefined> = new Set([
  'openai-chat',
  'openai-responses',
  'langserve',
]);

/** A described target as the acceptance suite takes it. `health` is a path; null where there is none. */
export function deploymentOf(description: TargetDescription, health?: string | null): Deployment {
  const reader = new ReplyReader(description, [{ id: 'check', text: '' }]);
  const { 'content-type': _, ...headers } = description.headers;
  const path =
    health === undefined && !WITHOUT_HEALTH.has(description.preset) ? HEALTH_PATH : (health ?? null);
  return {
    health:
      path === null
        ? undefined
        : {
            url: new URL(path, description.url).href,
            method: 'GET',
            headers: { ...headers, accept: 'application/json' },
            body: undefined,
          },
    tls: description.tls,
    streams: description.stream !== 'none',
    request: (question) => describedRequest(description, { text: question }),
    answerOf: (response) => reader.read(replyOf(response) ?? response.body, 0).answer,
  };
}
