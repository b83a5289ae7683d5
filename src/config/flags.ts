import { type Layer, mergeLayers, readSettings } from './layers.ts';
import { SETTINGS } from './setting.ts';

const ORIGIN = { source: 'flag', label: '--set' } as const;

/** The settings in `--set path=value` flags, of which the last one counts. */
export function readSets(sets: readonly string[]): Layer {
  return mergeLayers(sets.map(readSet));
}

function readSet(assignment: string): Layer {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, equals).trim();
  // What stands in its place is not repeated: it may be a key.
  if (equals === -1 || path === '') {
    return { given: [], problems: ['--set: must be path=value, such as --set retrieval.topK=10'] };
  }
  return readSettings(parseValue(assignment.slice(equals + 1), path), path.split('.'), () => ORIGIN);
}

/** JSON where it is JSON, else text. Numbers and switches stay text, which every setting of theirs reads; a model may be named 4. */
function parseValue(text: string, path: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const isPlain = typeof value === 'number' || typeof value === 'boolean';
    return isPlain && SETTINGS.has(path) ? text : value;
  } catch {
    return text;
  }
}
