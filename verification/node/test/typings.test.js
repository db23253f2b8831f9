// SPDX-License-Identifier: Apache-2.0
//
// The typings of the projections' language, by the TypeScript compiler: what may be said is accepted, what may not be
// said is refused line by line, and what "leftfold projections init" writes is without fault.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(/package\.json$/, 'bin/tsc');

function checked(configuration) {
  const file = fileURLToPath(new URL(configuration, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', file], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

test('the typings accept what may be said and refuse what may not', () => {
  assert.deepEqual(checked('../typings/tsconfig.json'), { status: 0, said: '' });
});

test('what a beginner is given has no fault', () => {
  const starter = '../../../cli/src/main/resources/io/leftfold/cli/projections/starter/jsconfig.json';
  assert.deepEqual(checked(starter), { status: 0, said: '' });
});
