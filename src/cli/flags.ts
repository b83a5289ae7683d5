import type { Command } from 'commander';
import { collected, wholeNumberFlag } from './quantities.ts';

/** What every command that prints something takes. */
export interface DisplayFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False after --no-color. */
  readonly color: boolean;
}

export interface SettingFlags {
  readonly config?: string;
  /** Each `path=value`, in order. */
  readonly set?: readonly string[];
}

export interface EngineFlags extends SettingFlags {
  readonly index?: string;
  readonly seed: number;
}

export interface GoldenFlags {
  readonly dataset?: string;
  readonly split?: string;
  readonly strict?: boolean;
  /** Of the commands that ask the engine of this process: `in-process` is all that they take. */
  readonly target?: string;
}

/** What the commands take that ask questions of a golden set or of its corpus. */
export interface AskFlags extends DisplayFlags, EngineFlags, GoldenFlags {}

/** What the commands take that leave a report. */
export interface RunFlags extends AskFlags {
  readonly output: string;
}

export const DEFAULT_DATASET = 'tidewater';
export const DEFAULT_SEED = 42;
export const DEFAULT_OUTPUT = 'reports';

export function displayFlags(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on stdout, and nothing else')
    .option('--quiet', 'no progress, no warnings, no summary')
    .option('--no-color', 'no colours (NO_COLOR says the same)');
}

export function settingFlags(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file, JSON or YAML (default: RAG_CONFIG_PATH)')
    .option('--set <path=value>', 'one setting, such as retrieval.mode=keyword; repeatable', collected);
}

export function engineFlags(command: Command): Command {
  return settingFlags(command)
    .option('--index <dir>', 'folder of the index (default: below .groundspeed, by its content)')
    .option('--seed <n>', 'seed of everything that is random', wholeNumberFlag, DEFAULT_SEED);
}

/** The golden set, of commands that ask the engine of this process. */
export function goldenFlags(command: Command): Command {
  return datasetFlags(command).option(
    '--target <target>',
    'what is asked: in-process (evaluate, load and capacity take a URL)',
    'in-process',
  );
}

export function datasetFlags(command: Command): Command {
  return command
    .option(
      '--dataset <name>',
      `golden set: a folder, a file, or the name of one shipped (default: ${DEFAULT_DATASET})`,
    )
    .option('--split <name>', 'split of the golden set (default: test)')
    .option('--strict', 'warnings about the golden set are errors, and so is an SLO that cannot be judged');
}

export function outputFlag(command: Command): Command {
  return command.option('--output <dir>', 'folder below which each run gets its own', DEFAULT_OUTPUT);
}
