import { Document, isScalar, Scalar, visit } from 'yaml';
import type { Change } from '../experiments/target-check.ts';

/** Changes as the part of a configuration file that makes them; empty where none is a setting. */
export function settingsBlock(changes: readonly Change[]): string {
  const document = new Document({});
  const settings = changes.filter(({ setting }) => setting !== null);
  for (const { setting, value } of settings) document.setIn(setting!.split('.'), document.createNode(value));
  visit(document, {
    // A plain tab is YAML, but nobody sees it, and a terminal moves its cursor.
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && node.value.includes('\t')) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
  return settings.length === 0 ? '' : document.toString({ lineWidth: 0 });
}
