import { type Finding, found, type Place } from './finding.ts';
import { answerOf, listIn } from './live-answer.ts';

/** A target as `GET /api/v1/targets` tells it. */
interface Target {
  readonly labels?: Readonly<Record<string, string>>;
  readonly scrapeUrl?: string;
  readonly health?: string;
  readonly lastError?: string;
}

export interface LiveTargets {
  /** Instances of the service that Prometheus scrapes. */
  readonly targets: number;
  readonly up: number;
  readonly findings: readonly Finding[];
}

const PLACE: Place = { file: 'prometheus/prometheus.yml' };
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /40[13]|unauthor|forbidden/i,
    'the token in monitoring.tokenFile is not that of the service (server.apiToken)',
  ],
  [
    /refused|no route|no such host|lookup/i,
    'start the service, or correct its address in monitoring.services',
  ],
  [/deadline|timeout/i, 'the service does not answer in time: is it overloaded, or hung?'],
  [/404|unexpected|expected/i, 'something else answers there: correct monitoring.services'],
];

export interface Scraped {
  /** Regular expressions, as in the queries. */
  readonly job: string;
  readonly instance: string;
  /** The job of load generators, which are there only while a run is. */
  readonly generatorJob: string;
}

/** Whether Prometheus scrapes the service. */
export function judgeTargets({ job, instance, generatorJob }: Scraped, answer: unknown): LiveTargets {
  const { data, error } = answerOf(answer);
  if (error !== undefined)
    return { targets: 0, up: 0, findings: [found(PLACE, 'live-targets', `its targets: ${error}`)] };
  const targets = listIn<Target>(data, 'activeTargets').filter(
    ({ labels }) => labels?.job !== generatorJob && is(job, labels?.job) && is(instance, labels?.instance),
  );
  const up = targets.filter(({ health }) => health === 'up').length;
  if (targets.length === 0) {
    const missing = `Prometheus scrapes no target of the job ${job}: add the job of prometheus.yml to its configuration, or name yours with --job or monitoring.job`;
    return { targets: 0, up, findings: [found(PLACE, 'live-target-missing', missing)] };
  }
  return { targets: targets.length, up, findings: targets.flatMap(targetFindings) };
}

/** As Prometheus' =~ does, for patterns that both grammars know. */
function is(pattern: string, text = ''): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return pattern === text;
  }
}

function targetFindings({ labels, scrapeUrl = '?', health, lastError = '' }: Target): Finding[] {
  if (health === 'up') return [];
  const where = `${labels?.instance ?? scrapeUrl} of the job ${labels?.job ?? '?'}`;
  if (health === 'unknown')
    return [found(PLACE, 'live-target-down', `${where} was not scraped yet: ask again after a scrape`)];
  const advice = ADVICE.find(([pattern]) => pattern.test(lastError))?.[1];
  const todo = advice === undefined ? '' : `; ${advice}`;
  return [
    found(PLACE, 'live-target-down', `${where} cannot be scraped: ${lastError || 'it is down'}${todo}`),
  ];
}
