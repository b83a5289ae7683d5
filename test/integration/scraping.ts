import { type Agent, request } from 'node:http';
import type { Family } from '../telemetry/exposition.ts';

export interface Scraped {
  readonly status: number;
  readonly body: string;
}

/** One scrape on a connection of the agent's; null where nobody answered it to the end. */
export function scrape(url: string, agent: Agent | false): Promise<Scraped | null> {
  return new Promise((resolve) => {
    const asking = request(`${url}/metrics`, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body }));
      response.on('error', () => resolve(null));
    });
    asking.on('error', () => resolve(null));
    asking.end();
  });
}

/** A thousand scrapes a second for so many seconds, whether those before are answered or not. */
export async function scrapeFor(seconds: number, url: string, agent: Agent): Promise<(Scraped | null)[]> {
  const scraping: Promise<Scraped | null>[] = [];
  const all = 1000 * seconds;
  for (const start = performance.now(); scraping.length < all; ) {
    const due = Math.min(all, performance.now() - start);
    while (scraping.length < due) scraping.push(scrape(url, agent));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return Promise.all(scraping);
}

type Families = ReadonlyMap<string, Family>;

/** Of counters and of what histograms count, those that are less in the second reading than in the first. */
export function fallen(before: Families, after: Families): string[] {
  const counts = (families: Families) =>
    new Map(
      [...families.values()]
        .filter(({ type }) => type === 'counter' || type === 'histogram')
        .flatMap(({ samples }) => samples)
        .map(({ name, labels, value }) => [`${name} ${JSON.stringify(labels)}`, value] as const),
    );
  const now = counts(after);
  return [...counts(before)].flatMap(([series, value]) =>
    value > (now.get(series) ?? 0) ? [`${series}: ${value}, then ${now.get(series)}`] : [],
  );
}
