import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { tidy } from '../figures.ts';
import type { PanelSpec, State } from './spec.ts';

/** Where there is nothing to judge: neither good nor bad. */
const NEUTRAL = '#808080';

export const byThreshold = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

export function thresholdsOf({ bounds }: PanelSpec): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(bounds));
}

/** The first step has no value: it begins at minus infinity. */
function stepsOf(bounds: PanelSpec['bounds']): { value: number | null; color: string }[] {
  if (bounds === undefined) return [{ value: null, color: 'blue' }];
  const warn = tidy(bounds.warn);
  const bad = tidy(bounds.bad);
  if (bounds.lessIsWorse === true) {
    return [
      { value: null, color: 'red' },
      ...(bad === warn ? [] : [{ value: bad, color: 'orange' }]),
      { value: warn, color: 'green' },
    ];
  }
  return [
    { value: null, color: 'green' },
    ...(bad === warn ? [] : [{ value: warn, color: 'orange' }]),
    { value: bad, color: 'red' },
  ];
}

/** What a value that is none says, and in no colour that judges it. */
export function noValueMapping(text: string): ValueMapping {
  return {
    type: MappingType.SpecialValue,
    options: { match: SpecialValueMatch.NullAndNan, result: { text, color: NEUTRAL } },
  };
}

export function stateMapping(states: readonly State[]): ValueMapping {
  const results = states.map(({ value, text, colour }, index) => [value, { text, color: colour, index }]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(results) };
}

export function colourMapping(colours: Readonly<Record<string, string>>): ValueMapping {
  const results = Object.entries(colours).map(([value, color], index) => [value, { color, index }]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(results) };
}

/** The series whose legend is this word or ends in it, after a colon. */
export const legendPattern = (word: string): string => `/(^|: )${word}$/`;

export function fixedColour(colour: string): DynamicConfigValue[] {
  return [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } }];
}
