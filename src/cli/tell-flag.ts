import type { Command } from 'commander';

export interface TellFlags {
  /** URL of a service. */
  readonly tell?: string;
}

export function tellFlag(command: Command): Command {
  return command.option(
    '--tell <url>',
    'also tell a groundspeed service what the run came to, for its dashboard of nightly runs',
  );
}
