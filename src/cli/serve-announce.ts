import type { Settings } from '../config/settings.ts';
import { count, counted } from '../reporting/format.ts';
import type { RunningService } from '../server/service.ts';
import type { DisplayFlags } from './flags.ts';
import type { ServeDrill } from './serve-drill.ts';
import { shellWord } from './shell.ts';
import { print, type World } from './world.ts';

export interface Announcement {
  readonly world: World;
  readonly flags: DisplayFlags;
  readonly settings: Settings;
  /** What is served: its name, and a question that it answers. */
  readonly served: { readonly name: string; readonly question: string | undefined };
  readonly service: RunningService;
  readonly drill: ServeDrill | undefined;
  readonly index: { path: string; documents: number; chunks: number; version: number };
}

/** Tells where the service is, and how to ask it. */
export async function announce(announcement: Announcement): Promise<void> {
  const { world, flags, settings, service, index, drill } = announcement;
  const { workers, apiToken } = settings.server;
  if (flags.json) {
    const { url, port } = service;
    const facts = { url, port, workers, token: apiToken !== undefined, index, ...(drill && { drill: true }) };
    await print(world.stdout, `${JSON.stringify(facts)}\n`);
  } else if (!flags.quiet) {
    await print(world.stdout, invitation(announcement));
  }
}

function invitation({ settings, served, service: { url }, index }: Announcement): string {
  const { workers, apiToken } = settings.server;
  const query = served.question ?? 'your question';
  // A variable, not the token: what is printed may be kept.
  const token = apiToken === undefined ? '' : ' -H "authorization: Bearer $GROUNDSPEED_API_TOKEN"';
  const by = workers > 1 ? `, by ${count(workers)} workers` : '';
  return [
    `Serving ${counted(index.documents, 'document')} (${served.name}) at ${url}${by}. To ask:`,
    `  curl ${url}/api/query${token} -H 'content-type: application/json' -d ${shellWord(JSON.stringify({ query }))}`,
    `Its state: ${url}/health; its metrics: ${url}/metrics. Ctrl-C ends it.`,
    '',
  ].join('\n');
}
