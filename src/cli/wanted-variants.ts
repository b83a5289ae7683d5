import type { Assignment } from '../config/flags.ts';
import { readSettings } from '../config/layers.ts';
import type { Settings } from '../config/settings.ts';
import { expandVariants, type NamedValues, type VariantsSection } from '../experiments/variant-options.ts';
import { settingsOfKnown } from '../experiments/variants.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { parseVariants } from './variants.ts';

/** What is compared, as it was asked for: by a name, settings over those of the run. */
export interface Wanted {
  readonly name: string;
  readonly assignments: readonly Assignment[];
}

/** Those of the file are taken by name, whatever else has that name. */
export function variantsByFlag(specs: readonly string[], settings: Settings): Wanted[] {
  const ofFile = new Map(namedInFile(settings).map((one) => [one.name, one]));
  return parseVariants(specs, [...ofFile.keys()]).map(({ name, settings: own }) => {
    const named = own === undefined ? ofFile.get(name) : undefined;
    return named === undefined
      ? { name, assignments: (own ?? []).map((text) => ({ by: '--variant', text })) }
      : wantedFrom(named);
  });
}

/** Names may be those that a matrix makes: "fusion=rrf, ef=64". */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._+=,:/-]{0,99}$/u;

/** The variants of the configuration file, expanded. */
export const variantsOfFile = (settings: Settings): Wanted[] => namedInFile(settings).map(wantedFrom);

function namedInFile(settings: Settings): NamedValues[] {
  const { variants = {} } = settings as Settings & { readonly variants?: VariantsSection };
  return expandVariants(variants);
}

function wantedFrom({ name, values }: NamedValues): Wanted {
  const by = `variants.${name}`;
  if (!NAME.test(name)) {
    throw new GroundspeedError('config.invalid', `A variant cannot be called ${JSON.stringify(name)}`, {
      where: 'variants',
      hint: 'Begin with a letter or digit; 100 characters at most.',
    });
  }
  const known = Object.keys(values).length === 0 ? settingsOfKnown(name) : undefined;
  if (known !== undefined) return { name, assignments: known.map((text) => ({ by, text })) };
  const { given, problems } = readSettings(values, [], () => ({ source: 'file', label: by }));
  if (problems.length > 0) {
    throw new GroundspeedError('config.invalid', `The variant ${name} is wrong`, { where: by, problems });
  }
  const assignments = given.map(({ path, value }) => ({
    by,
    text: `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  }));
  return { name, assignments };
}
