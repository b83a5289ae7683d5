import type { ArrivalSchedule } from './arrivals.ts';
import { Dispatcher, type DriveOptions } from './dispatcher.ts';

export interface OpenLoopOptions extends DriveOptions {
  readonly schedule: ArrivalSchedule;
  /** The question of each arrival. */
  readonly asked: Uint32Array;
  /** Requests in flight, at most. One that finds no room is dropped and counted, never delayed. */
  readonly maxInFlight: number;
}

/**
 * Sends each request when it is due, whatever became of those before it. Times are absolute: a late request is sent at
 * once and its lateness recorded, and the schedule is never moved. Latency counts from the due time, so a target
 * that stands still is charged with everyone who waited meanwhile.
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<void> {
  const { schedule, asked, maxInFlight, recorder } = options;
  const dispatcher = new Dispatcher(options);
  let next = 0;
  while (next < schedule.due.length && !dispatcher.stopped) {
    while (next < schedule.due.length && schedule.due[next]! <= dispatcher.elapsed && !dispatcher.stopped) {
      const row = recorder.arrive(asked[next]!, schedule.due[next]!);
      if (recorder.inFlight < maxInFlight) dispatcher.send(row);
      else recorder.drop(row);
      next += 1;
    }
    // One wait even when late: answers can only be noticed, and the process only be interrupted, between turns.
    if (next < schedule.due.length)
      await dispatcher.wait(Math.max(schedule.due[next]!, dispatcher.elapsed + 0.001));
  }
  await dispatcher.drain();
}
