import { Document, isScalar } from 'yaml';
import { settingsJsonSchema } from '../config/json-schema.ts';
import { redact } from '../config/redact.ts';
import { EXIT } from '../kernel/errors.ts';
import { loadSettings } from './configuration.ts';
import type { DisplayFlags, SettingFlags } from './flags.ts';
import { print, type World } from './world.ts';

export interface ConfigFlags extends DisplayFlags, SettingFlags {}

/** The settings in force, as a configuration file would say them; what is no default names where it comes from. */
export async function configPrint(world: World, flags: ConfigFlags): Promise<number> {
  const { settings, sources } = await loadSettings(world, flags);
  const shown = redact(settings);
  if (flags.json) {
    await print(world.stdout, `${JSON.stringify(shown, null, 2)}\n`);
    return EXIT.done;
  }
  const document = new Document(shown);
  for (const [path, source] of sources) {
    const node = document.getIn(path.split('.'), true);
    if (source !== 'default' && isScalar(node)) node.comment = ` from the ${source}`;
  }
  await print(world.stdout, document.toString({ lineWidth: 0 }));
  return EXIT.done;
}

export async function configSchema(world: World): Promise<number> {
  await print(world.stdout, `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
  return EXIT.done;
}
