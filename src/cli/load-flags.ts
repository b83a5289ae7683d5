import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunFlags } from './flags.ts';
import { collected, countFlag, durationFlag, listOf, positiveFlag, shareFlag } from './quantities.ts';

/** Which deployment is driven, and what it takes to be allowed to. */
export interface TargetFlags {
  readonly preset?: string;
  readonly targetFile?: string;
  readonly allowTarget?: readonly string[];
}

/** Where what the load generator sees can be scraped. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** What `load` and `bench` have in common. */
export interface MetricsFlags {
  readonly metricsPort?: MetricsAddress;
}

/** What `load` and `capacity` have in common. Durations are milliseconds. */
export interface DriveFlags extends Omit<RunFlags, 'target'>, TargetFlags {
  readonly target?: string;
  readonly arrivals?: 'poisson' | 'constant';
  readonly order?: string;
  readonly warmup?: number;
  readonly timeout?: number;
  readonly deadline?: number;
  readonly slo?: string;
  readonly maxInFlight?: number;
  readonly maxRate?: number;
  readonly maxRequests?: number;
  readonly maxCost?: number;
  readonly generators?: number;
  readonly traceSample?: number;
  /** True for any free port. */
  readonly live?: number | true;
}

export interface LoadFlags extends DriveFlags, MetricsFlags {
  readonly rate?: readonly number[];
  readonly concurrency?: readonly number[];
  readonly duration?: number;
  readonly thinkTime?: number;
  readonly shape?: string;
  readonly replay?: string;
  readonly speed?: number;
  readonly engine?: 'groundspeed' | 'autocannon';
}

export function targetFlags(command: Command): Command {
  return command
    .option(
      '--target <target>',
      'in-process, or the URL of a deployment (default: target.url, else in-process)',
    )
    .option('--preset <name>', 'API of the deployment: groundspeed, openai-chat, openai-responses, langserve')
    .option('--target-file <file>', 'description of the deployment, YAML or JSON (the settings below target)')
    .option('--allow-target <host>', 'host beyond this machine that may be sent load; repeatable', collected);
}

export function driveFlags(command: Command): Command {
  return targetFlags(command)
    .addOption(new Option('--arrivals <process>', 'how arrivals are spaced').choices(['poisson', 'constant']))
    .option(
      '--order <order>',
      'which question comes next: shuffled (default), zipf, zipf:1.2, uniform, sequential',
    )
    .option('--warmup <time>', 'a phase before what is measured, and extra to it (default: 3s)', warmupFlag)
    .option('--timeout <time>', 'patience with one request (default: 30s)', positiveDuration)
    .option(
      '--deadline <time>',
      'an answer is in time within so long of its due time (default: 2s, in process 100ms)',
      positiveDuration,
    )
    .option('--slo <terms>', 'what must hold: "p95 < 200ms, error < 1%, attainment >= 95%, ndcg@10 >= 0.4"')
    .option(
      '--max-in-flight <n>',
      'requests in flight, at most; past it they are dropped and counted',
      countFlag,
    )
    .option('--max-rate <n>', 'ceiling of the rate beyond this machine (default: 100 a second)', positiveFlag)
    .option('--max-requests <n>', 'end the run after so many requests; what was measured is kept', countFlag)
    .option('--max-cost <usd>', 'end the run once so much was spent, by the answers themselves', positiveFlag)
    .option('--generators <n>', 'generator threads (default: 1)', countFlag)
    .option(
      '--trace-sample <share>',
      'share of the requests that begin a trace, which a target over HTTP is told of (traceparent): 0.1 or 10%',
      shareFlag,
    )
    .option('--live [port]', 'show the run on a page of this machine while it lasts', portFlag);
}

export function metricsPortFlag(command: Command): Command {
  return command.option(
    '--metrics-port <port>',
    'while it runs, and until the last values were scraped, serve what the generator sees for Prometheus on this port of this machine (or host:port)',
    addressFlag,
  );
}

export function loadFlags(command: Command): Command {
  return metricsPortFlag(driveFlags(command))
    .option(
      '--rate <n>',
      'requests a second; several with commas make a phase each: 10,20,40',
      listOf(positiveFlag),
    )
    .option(
      '--concurrency <n>',
      'closed loop: users who wait for each answer; several with commas',
      listOf(countFlag),
    )
    .option('--duration <time>', 'of each phase (default: 30s)', positiveDuration)
    .option(
      '--think-time <time>',
      'closed loop: mean pause between an answer and the next question',
      warmupFlag,
    )
    .option(
      '--shape <shape>',
      'rate over time: ramp, ramp:10..100, steps:10,20,40, spike:20,200@10s+5s, soak',
    )
    .option('--replay <file>', 'arrivals at the times in a file: an access log, or a time a line')
    .option('--speed <factor>', 'replay so much faster (default: 1)', positiveFlag)
    .addOption(
      new Option('--engine <name>', 'who sends: groundspeed, or autocannon for a closed loop')
        .choices(['groundspeed', 'autocannon'])
        .default('groundspeed'),
    );
}

function positiveDuration(text: string): number {
  const value = durationFlag(text);
  if (value <= 0) throw new InvalidArgumentError('Give a duration above 0.');
  return value;
}

/** A duration that may be 0. */
const warmupFlag = (text: string): number => (text.trim() === '0' ? 0 : durationFlag(text));

function addressFlag(text: string): MetricsAddress {
  const [, host = '127.0.0.1', digits] = /^(?:\[?([^[\]]+)\]?:)?(\d+)$/.exec(text.trim()) ?? [];
  if (digits === undefined || Number(digits) > 65_535) {
    throw new InvalidArgumentError('Give a port, 0 to 65535, or host:port.');
  }
  return { host, port: Number(digits) };
}

function portFlag(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Give a port, 0 to 65535.');
  return port;
}
