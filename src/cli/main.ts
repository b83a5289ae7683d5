#!/usr/bin/env node
import { runCli } from './program.ts';
import { processWorld } from './world.ts';

process.exitCode = await runCli(processWorld());
