import type { Settings } from '../config/settings.ts';
import { nightlyRun } from '../experiments/nightly.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { isLoopback } from '../load/targets/http/loopback.ts';
import type { RunRecord } from '../records/schema.ts';
import { headlinePhase } from '../reporting/facts.ts';
import { pushFigures } from './canary-push.ts';
import { loadSettings } from './configuration.ts';
import type { DisplayFlags, SettingFlags } from './flags.ts';
import type { TargetFlags } from './load-flags.ts';
import { progressOf } from './progress.ts';
import { chooseDeployment } from './target-choice.ts';
import type { TellFlags } from './tell-flag.ts';
import type { World } from './world.ts';

type Flags = TellFlags & DisplayFlags & SettingFlags & TargetFlags & { readonly target?: string };

/** What --tell asks for; without it nothing. */
export interface Telling {
  /** Tells the service of a run that is saved. Where it cannot, that is warned of, and the run goes on to its own end. */
  tell(record: RunRecord): Promise<void>;
  /** Throws what kept the run from being told: once the run's own verdict has had its say, which comes first. */
  refuseUntold(): void;
}

/** Throws `usage.argument` for what is no URL, before anything runs. */
export function tellingOf(world: World, flags: Flags): Telling {
  if (flags.tell === undefined) return { tell: async () => undefined, refuseUntold: () => undefined };
  const url = readUrl(flags.tell);
  const progress = progressOf(world, flags);
  let untold: unknown;
  return {
    async tell(record) {
      // Half a run would be a dip in the history that means nothing.
      if (!record.complete) return;
      try {
        const { settings } = await loadSettings(world, flags);
        const authorization = await authorisationFor(url, { world, flags, settings });
        await pushFigures(nightlyRun(record, headlinePhase(record)), {
          url: url.href,
          headers: authorization === undefined ? {} : { authorization },
          signal: new AbortController().signal,
          hint: 'Give --tell the address of one, or keep the run with gate --history.',
        });
        if (!flags.quiet) progress.say(`told ${url.origin}`);
      } catch (error) {
        untold = error;
        progress.warn(`the run was not told: ${messageOf(error)}`);
      }
    },
    refuseUntold() {
      if (untold !== undefined) throw untold;
    },
  };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    throw new GroundspeedError('usage.argument', 'An address with a password in it would be seen by others', {
      where: '--tell',
      hint: 'The token of the service comes from GROUNDSPEED_API_TOKEN.',
    });
  }
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new GroundspeedError('usage.argument', `${JSON.stringify(text)} is no URL of a service`, {
    where: '--tell',
    hint: 'Write for example --tell http://127.0.0.1:8080',
  });
}

interface Authorising {
  readonly world: World;
  readonly flags: Flags;
  readonly settings: Settings;
}

/**
 * Of the service that was driven, what it is driven with. Otherwise the token of the settings, but never in the clear over a
 * network.
 */
async function authorisationFor(
  url: URL,
  { world, flags, settings }: Authorising,
): Promise<string | undefined> {
  const driven = await chooseDeployment(world, flags, settings).catch(() => undefined);
  if (driven !== undefined && new URL(driven.url).origin === url.origin) {
    const { authorization } = driven.headers;
    if (authorization !== undefined) return authorization;
  }
  const { apiToken } = settings.server;
  const isPrivate = url.protocol === 'https:' || isLoopback(url.href);
  return apiToken !== undefined && isPrivate ? `Bearer ${apiToken}` : undefined;
}
