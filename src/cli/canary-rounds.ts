import { askCanary, type CanaryFigures, canaryQuestions } from '../experiments/canary.ts';
import { appendHistory } from '../experiments/gate/history.ts';
import { historyEntry } from '../experiments/gate/history-entry.ts';
import type { RunSetup } from '../experiments/setup.ts';
import type { TargetDescription } from '../load/targets/http/description.ts';
import { isLoopback } from '../load/targets/http/loopback.ts';
import { CANARY_CLIENT } from '../server/analytics/fact.ts';

export interface CanaryRounds {
  /** Its golden set and settings; what it drives is `description`. */
  readonly setup: RunSetup;
  readonly description: TargetDescription;
  /** Of each round, at most. */
  readonly questions: number;
  readonly ks: readonly number[];
  /** Told what a round came to: by pushing, say. */
  readonly publish: (figures: CanaryFigures) => Promise<void>;
  /** Where each round is added to a history; undefined where to none. */
  readonly history?: { readonly reports: string; readonly name: string } | undefined;
}

/** Asks one round and tells what it came to. */
export async function askRound(rounds: CanaryRounds): Promise<CanaryFigures> {
  const { setup, description, questions, ks, publish, history } = rounds;
  const { figures, record } = await askCanary(
    {
      ...setup,
      golden: canaryQuestions(setup.golden, questions),
      target: { kind: 'http', description, generators: 1 },
    },
    ks,
  );
  await publish(figures);
  if (history !== undefined)
    await appendHistory(history.reports, history.name, historyEntry(record, undefined));
  return figures;
}

/**
 * The deployment as a canary asks it: by a client_id of its own where it speaks groundspeed's API, so that its analytics leave
 * these questions out, and for as many passages as the largest k needs.
 */
export function asCanary(
  description: TargetDescription,
  { ks, apiToken }: { readonly ks: readonly number[]; readonly apiToken: string | undefined },
): TargetDescription {
  const { preset, body, topK, headers, url } = description;
  const isOwn = preset === 'groundspeed' && typeof body === 'object' && body !== null && !Array.isArray(body);
  const most = Math.max(...ks);
  // The token of the settings is for a service of this machine; any other gets what target.headers say.
  const knowsToken = headers.authorization === undefined && apiToken !== undefined && isLoopback(url);
  return {
    ...description,
    ...(isOwn && { body: { ...body, client_id: CANARY_CLIENT } }),
    ...(isOwn && most > (topK ?? 5) && { topK: most }),
    ...(knowsToken && { headers: { ...headers, authorization: `Bearer ${apiToken}` } }),
  };
}
