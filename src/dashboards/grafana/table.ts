import {
  type TableCellBackgroundDisplayMode,
  TableCellDisplayMode,
} from '@grafana/grafana-foundation-sdk/common';
import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Column } from './spec.ts';
import { colourMapping } from './thresholds.ts';

const FILLED: `${TableCellBackgroundDisplayMode}` = 'basic';

/** Leaves the labels of the columns in their order; time and value of a series go. */
export function columnOrder(columns: readonly Column[]): DataTransformerConfig {
  return {
    id: 'organize',
    options: {
      excludeByName: { Time: true, Value: true, 'Value #A': true },
      indexByName: Object.fromEntries(columns.map(({ label }, index) => [label, index])),
      renameByName: {},
    },
  };
}

/** How the cells of a column look, and where they lead. */
export function columnProperties({ colours, below }: Column): DynamicConfigValue[] {
  return [
    ...(colours === undefined
      ? []
      : [
          { id: 'mappings', value: [colourMapping(colours)] },
          { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorBackground, mode: FILLED } },
        ]),
    ...(below === undefined
      ? []
      : [
          {
            id: 'links',
            value: [{ title: `\${__value.text}`, url: `${below}/\${__value.text}`, targetBlank: true }],
          },
        ]),
  ];
}
