// Makes sure that the system programs which the tests drive for real are there: installed when this is root on
// Debian, named otherwise. With CI=true a missing one is a failure; elsewhere its tests skip themselves, saying why.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program of this name would be found. */
const onPath = (name) =>
  ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)].map((folder) => join(folder, name));

const PROGRAMS = [
  {
    name: 'a Chromium browser',
    package: 'chromium',
    paths: [
      process.env.GROUNDSPEED_CHROMIUM,
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
    ],
  },
  { name: 'redis-server', package: 'redis-server', paths: onPath('redis-server') },
  { name: 'prometheus', package: 'prometheus', paths: onPath('prometheus') },
  { name: 'promtool', package: 'prometheus', paths: onPath('promtool') },
  {
    name: 'prometheus-alertmanager',
    package: 'prometheus-alertmanager',
    paths: onPath('prometheus-alertmanager'),
  },
  { name: 'amtool', package: 'prometheus-alertmanager', paths: onPath('amtool') },
];

const isThere = ({ paths }) => paths.some((path) => path && existsSync(path));
const missing = () => PROGRAMS.filter((program) => !isThere(program));

const run = (command, ...args) =>
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

if (missing().length > 0 && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
  const packages = [...new Set(missing().map((program) => program.package))];
  console.error(`Installing what the tests need: ${packages.join(', ')}`);
  run('apt-get', 'update', '-qq');
  run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages);
}

const absent = missing();
for (const program of absent) {
  console.error(
    `The tests need ${program.name}: install the package ${program.package} (Debian: apt-get install ${program.package}).`,
  );
}
if (absent.length > 0 && process.env.CI === 'true') process.exit(1);
