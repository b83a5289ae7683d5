import { Document } from 'yaml';
import type { Change } from '../experiments/target-check.ts';

/** Changes as the part of a configuration file that makes them; empty where none is a setting. */
export function settingsBlock(changes: readonly Change[]): string {
  const document = new Document({});
  const settings = changes.filter(({ setting }) => setting !== null);
  for (const { setting, value } of settings) document.setIn(setting!.split('.'), document.createNode(value));
  return settings.length === 0 ? '' : document.toString({ lineWidth: 0 });
}
