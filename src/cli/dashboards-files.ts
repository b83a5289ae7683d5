import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../config/settings.ts';
import { buildFiles, DASHBOARD_FOLDER, RULE_FOLDER, RUNBOOK_FOLDER } from '../dashboards/build.ts';
import type { Plan } from '../dashboards/plan.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';

/** The runbooks, which are written by hand, come with the package. */
const SHIPPED = fileURLToPath(new URL('../../dashboards', import.meta.url));

/** What the files are a function of, out of the settings. */
export function planOf(settings: Settings, timeScale = 1): Plan {
  const { objectives, alerts, monitoring, server, telemetry, evaluation } = settings;
  return {
    objectives,
    alerts,
    monitoring,
    queueCapacity: server.maxQueuedQueries,
    canaryEverySeconds: evaluation.canaryEverySeconds,
    moreBounds: telemetry.metrics.latencySeconds,
    timeScale,
  };
}

/** Writes every file below `folder`; gives those that changed. */
export async function writeDashboards(
  folder: string,
  plan: Plan,
): Promise<{ files: string[]; changed: string[] }> {
  const files = new Map([...buildFiles(plan), ...(await shippedRunbooks(folder))]);
  const changed: string[] = [];
  for (const [path, text] of files) {
    const target = join(folder, path);
    if ((await textOf(target)) === text) continue;
    await writeFileAtomically(target, text);
    changed.push(path);
  }
  return { files: [...files.keys()], changed };
}

async function shippedRunbooks(folder: string): Promise<[string, string][]> {
  if (resolve(folder) === resolve(SHIPPED)) return [];
  return [...(await readBelow(SHIPPED, RUNBOOK_FOLDER))];
}

/** All that is checked below `folder`, path → text. Throws `usage.argument` where nothing is. */
export async function readDashboards(folder: string): Promise<Map<string, string>> {
  const folders = [DASHBOARD_FOLDER, RULE_FOLDER, RUNBOOK_FOLDER];
  const texts = new Map(
    (await Promise.all(folders.map((below) => readBelow(folder, below)))).flatMap((found) => [...found]),
  );
  if (texts.size > 0) return texts;
  throw new GroundspeedError('usage.argument', `There are no dashboards in ${folder}`, {
    where: folder,
    hint: 'Write them with groundspeed dashboards build, or name their folder with --output.',
  });
}

async function readBelow(folder: string, below: string): Promise<Map<string, string>> {
  const names = await readdir(join(folder, below)).catch((): string[] => []);
  const wanted = names.filter((name) => /\.(json|ya?ml|md)$/.test(name)).sort();
  const texts = await Promise.all(
    wanted.map(
      async (name): Promise<[string, string]> => [
        `${below}/${name}`,
        await readChecked(join(folder, below, name)),
      ],
    ),
  );
  return new Map(texts);
}

async function readChecked(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new GroundspeedError('internal.io', `Cannot read ${path}: ${messageOf(cause)}`, {
      where: path,
      cause,
    });
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
