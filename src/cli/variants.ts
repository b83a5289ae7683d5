import { redactArguments } from '../config/redact.ts';
import type { RunSetup } from '../experiments/setup.ts';
import { KNOWN_VARIANTS, settingsOfKnown, type Variant } from '../experiments/variants.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { nearest } from '../text/nearest.ts';

interface NamedSettings {
  readonly name: string;
  /** `path=value`. */
  readonly settings: readonly string[];
}

/** Variants that are asked for by `--variant`: known names, with commas between them, or `name:path=value,path=value`. */
export function parseVariants(specs: readonly string[]): NamedSettings[] {
  const variants = specs.flatMap((spec) => (spec.includes(':') ? [ownVariant(spec)] : knownVariants(spec)));
  const twice = variants.find(
    ({ name }, index) => variants.findIndex((other) => other.name === name) < index,
  );
  if (twice !== undefined) throw wrong(`There are two variants ${JSON.stringify(twice.name)}`);
  if (variants.length === 1) throw wrong('A single variant is compared with nothing', 'Name two, at least.');
  return variants;
}

/** Each variant with settings of its own, resolved as those of the run are. */
export async function variantsOf(
  specs: readonly string[],
  setupWith: (settings: readonly string[]) => Promise<RunSetup>,
): Promise<Variant[]> {
  const variants: Variant[] = [];
  for (const { name, settings } of parseVariants(specs))
    variants.push({ name, settings: settings.map(shown), setup: await setupWith(settings) });
  return variants;
}

/** A setting as records may keep it: one may be a key. */
const shown = (setting: string): string => redactArguments(['--set', setting])[1]!;

/** A comma within a list (`["a","b"]`) parts no settings: only one that a path follows does. */
const BETWEEN_SETTINGS = /,(?=\s*[A-Za-z][\w.]*=)/;

function ownVariant(spec: string): NamedSettings {
  const colon = spec.indexOf(':');
  const name = spec.slice(0, colon).trim();
  const settings = spec
    .slice(colon + 1)
    .split(BETWEEN_SETTINGS)
    .map((setting) => setting.trim());
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._+-]{0,39}$/u.test(name)) {
    throw wrong(
      `A variant cannot be called ${JSON.stringify(name)}`,
      'Use letters, digits, . _ + - and at most 40.',
    );
  }
  if (settings.some((setting) => !/^[A-Za-z][\w.]*=/.test(setting))) {
    throw wrong(
      `The variant ${name} does not say what it sets`,
      `Write --variant ${name}:retrieval.topK=10,reranking.kind=mmr`,
    );
  }
  return { name, settings };
}

function knownVariants(spec: string): NamedSettings[] {
  return spec.split(',').map((part) => {
    const name = part.trim();
    const settings = settingsOfKnown(name);
    if (settings !== undefined) return { name, settings };
    const meant = nearest(name, KNOWN_VARIANTS);
    throw wrong(
      `There is no variant ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      `Known are ${KNOWN_VARIANTS.join(', ')}; one of your own is written name:path=value,path=value.`,
    );
  });
}

function wrong(message: string, hint?: string): GroundspeedError {
  return new GroundspeedError('usage.argument', message, {
    where: '--variant',
    ...(hint !== undefined && { hint }),
  });
}
