import type { PortDecorators } from '../engine/ports.ts';
import { faultDecorators } from '../faults/decorators.ts';
import { createFaultInjector } from '../faults/injector.ts';
import { jumpingClock } from '../faults/jumping-clock.ts';
import { parseFaults } from '../faults/parse.ts';
import { printFault } from '../faults/print.ts';
import { runProcessFaults } from '../faults/process-faults.ts';
import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { seededRandom } from '../kernel/random.ts';
import { pointAt } from '../objectives/fault.ts';
import { isLoopback } from '../server/authorise.ts';
import type { ServerOptions } from '../server/options.ts';
import type { Drill } from '../server/parts.ts';
import type { Log } from '../telemetry/logging/logger.ts';
import { nearest } from '../text/nearest.ts';

export interface DrillFlags {
  readonly seed: number | string;
  readonly drill?: boolean;
  /** As `drill --fault` takes them. */
  readonly drillFaults?: string;
}

/** What a service needs to be broken on purpose. */
export interface ServeDrill extends Drill {
  readonly decorate: PortDecorators;
  /** The machine's, but where a fault has it jump. */
  readonly clock: Clock;
  /** Ends the timeline: nothing fails any more. */
  end(): void;
}

export interface DrillSetting {
  readonly flags: DrillFlags;
  readonly server: Pick<ServerOptions, 'host' | 'workers'>;
  readonly clock: Clock;
  /** A line that whoever starts the service must see. */
  readonly warn: (message: string) => void;
  /** Of the service. */
  readonly log: Log;
  /** Ends this process as a crash does. */
  readonly kill: () => void;
}

/**
 * The faults of a service that is started for a drill; undefined for any other. Throws `fault.refused` for faults without `--drill`, for a
 * drill that other machines could reach, and for what a service cannot do to itself; `fault.syntax` for what is no fault. There is no
 * other way to have a service inject faults: no request and no setting does.
 */
export function serveDrill({ flags, server, clock, warn, log, kill }: DrillSetting): ServeDrill | undefined {
  const { drill = false, drillFaults, seed } = flags;
  refuseFaultsWithoutDrill(drill, drillFaults);
  if (!drill) return undefined;
  refuseReachable(server);
  const reading = { where: '--drill-faults', suggest: nearest, point: pointAt };
  const faults = drillFaults === undefined ? [] : parseFaults(drillFaults, reading);
  if (faults.some(({ target }) => target === 'http')) {
    throw refused('Faults of http are injected on the way to a service, not by it', {
      where: '--drill-faults',
      hint: 'Run groundspeed drill, which puts a proxy before a service.',
    });
  }
  if (faults.some(({ effect }) => effect.kind === 'hang')) {
    throw refused('A service cannot stop itself, and go on again', {
      where: '--drill-faults',
      hint: 'Run groundspeed drill one-replica-sick, which stops one of its workers from outside.',
    });
  }
  const random = seededRandom(seed).fork('faults/serve');
  const injector = createFaultInjector({ faults, permit: 'drill', clock, random });
  const begin = (): void => {
    injector.stop();
    injector.start();
    void runProcessFaults({ injector, kill }).catch((error: unknown) =>
      log.warn({ event: 'drill.failed', err: error }, 'a fault of the drill could not be injected'),
    );
  };
  const told = faults.map(printFault);
  warn(
    told.length === 0
      ? 'DRILL: this service is for a drill; no faults were named'
      : `DRILL: this service fails on purpose: ${told.join('; ')}`,
  );
  return {
    faults: told,
    active: () => injector.active(),
    begin,
    end: () => injector.stop(),
    decorate: faultDecorators(injector),
    clock: jumpingClock(clock, injector),
  };
}

function refuseFaultsWithoutDrill(drill: boolean, faults: string | undefined): void {
  if (drill || faults === undefined) return;
  throw refused('A service injects no faults unless it is started for a drill', {
    where: '--drill-faults',
    hint: 'Add --drill, with which it listens on this machine only; or leave the faults out.',
  });
}

function refuseReachable({ host, workers }: DrillSetting['server']): void {
  if (!isLoopback(host)) {
    throw refused(
      `A service that fails on purpose must not listen on ${host}, where other machines reach it`,
      {
        where: 'server.host',
        hint: 'Leave --host at 127.0.0.1.',
      },
    );
  }
  if (workers > 1) {
    throw refused('A drill needs all faults in one process', {
      where: 'server.workers',
      hint: 'Leave --workers at 1.',
    });
  }
}

function refused(message: string, more: { readonly where: string; readonly hint: string }): GroundspeedError {
  return new GroundspeedError('fault.refused', message, more);
}
