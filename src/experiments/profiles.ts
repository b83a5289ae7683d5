import type { Profile } from './options.ts';

/** How long the parts of a `bench` take, in milliseconds, and whether the stages are benchmarked by themselves. */
export interface ProfilePlan {
  readonly warmup: number;
  readonly closedProbe: number;
  readonly openPhase: number;
  /** Time for each micro-benchmark; 0 leaves them out. */
  readonly microBenchmark: number;
  /** Whether keyword, vector and hybrid retrieval and MMR are compared over the same questions. */
  readonly comparesVariants: boolean;
}

export const PROFILE_PLANS: Record<Profile, ProfilePlan> = {
  quick: { warmup: 1000, closedProbe: 1000, openPhase: 3000, microBenchmark: 0, comparesVariants: false },
  standard: {
    warmup: 3000,
    closedProbe: 3000,
    openPhase: 15_000,
    microBenchmark: 1000,
    comparesVariants: true,
  },
  full: {
    warmup: 10_000,
    closedProbe: 10_000,
    openPhase: 60_000,
    microBenchmark: 3000,
    comparesVariants: true,
  },
};

/** Shares of the closed-loop maximum at which the open loop is driven. */
export const LOAD_LEVELS = [0.5, 0.8];

/** Users of the closed loop: doubled until throughput gains less than this. */
export const LEAST_GAIN = 0.05;
export const MOST_USERS = 64;
