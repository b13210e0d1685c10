/* bench.mjs — how many values a second are judged, here and by ajv, timed in turn in one
 * run, so that only the ratios count.
 *
 *     node bench.mjs BENCH PROGRAM PACKAGES [DIR]
 *
 * BENCH is bench.c, PACKAGES the folder in which node_modules stands, DIR one with
 * OpenAPI documents to load. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rows as allRows } from './rows.mjs';

const [bench, program, packages, dir] = process.argv.slice(2).map((path) => resolve(path));
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const MS = Number(process.env.BENCH_MS ?? 80);
const COPIES = 4; /* of each value, as parsed, in turn; bench.c does the same */
const TURNS = 64; /* of the copies, between two looks at the clock; so in bench.c */
const SMALL = 4096; /* bodies for which reading is timed too */

const require = createRequire(`${packages}/`);
const { Ajv2020 } = require('ajv/dist/2020.js');
const addFormats = require('ajv-formats').default;

function compiled(schema, allErrors) {
    const ajv = new Ajv2020({ strict: false, allErrors, logger: false });
    addFormats(ajv);
    return ajv.compile(schema);
}

const rows = allRows(root, packages).map((row) => ({
    ...row,
    first: compiled(row.schema, false),
    all: compiled(row.schema, true),
}));
const file = join(packages, 'rows.json');
writeFileSync(file, JSON.stringify(
    rows.map(({ name, schema, valid, invalid }) => ({ name, schema, valid, invalid }))));

/* ---- the two sides ---------------------------------------------------------------- */

const ours = spawn(bench, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: ours.stdout })[Symbol.asyncIterator]();

async function rateOfOurs(index, which, what) {
    ours.stdin.write(`${index} ${which} ${what} ${MS}\n`);
    const { value, done } = await answers.next();
    if (done)
        throw new Error(`${rows[index].name}, ${which}, ${what}: no answer`);
    const [count, ns] = value.split(' ').map(Number);
    return count / ns * 1e9;
}

function rateOfAjv(index, which, what, ms = MS) {
    const row = rows[index], text = JSON.stringify(row[which]);
    const values = Array.from({ length: COPIES }, () => JSON.parse(text));
    const wanted = which === 'valid';
    const once = {
        check: (k) => row.first(values[k]),
        tell: (k) => row.all(values[k]),
        read: () => row.first(JSON.parse(text)),
    }[what];
    const from = process.hrtime.bigint(), end = from + BigInt(ms * 1e6);
    let count = 0, at;
    do {
        for (let k = 0; k < COPIES * TURNS; k++, count++)
            if (once(k % COPIES) !== wanted)
                throw new Error(`${row.name}: ajv says that the ${which} value is not`);
    } while ((at = process.hrtime.bigint()) < end);
    return count / Number(at - from) * 1e9;
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

async function measure(index, which, what) {
    const a = [], b = [];
    rateOfAjv(index, which, what, 300); /* until it is optimized */
    for (let round = 0; round < ROUNDS; round++) {
        a.push(await rateOfOurs(index, which, what));
        b.push(rateOfAjv(index, which, what));
    }
    return [median(a), median(b)];
}

/* ---- the table -------------------------------------------------------------------- */

const cell = (text, width) => String(text).padStart(width);
const figure = (rate) => (rate >= 1000 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1));

function cells([a, b]) {
    return cell(figure(a), 12) + cell(figure(b), 12) + cell((a / b).toFixed(2), 7);
}

function head(first, columns) {
    console.log(first.padEnd(24) +
        columns.map((c) => cell(`${c} /s`, 12) + cell('ajv /s', 12) + cell('ratio', 7)).join(''));
}

async function table(title, what, which, wanted) {
    head(title, which);
    for (const [index, row] of rows.entries()) {
        if (!wanted(row))
            continue;
        let line = row.name.padEnd(24);
        for (const one of which)
            line += cells(await measure(index, one, what));
        console.log(line);
    }
    console.log();
}

const small = (row) => JSON.stringify(row.valid).length < SMALL;
await table('check', 'check', ['valid', 'invalid'], () => true);
await table('read and check', 'read', ['valid', 'invalid'], small);
await table('tell all findings', 'tell', ['invalid'], () => true);
ours.stdin.end();

/* ---- documents -------------------------------------------------------------------- */

const documents = dir ? readdirSync(dir).filter((f) => /\.(ya?ml|json)$/.test(f)) : [];
for (const name of documents) {
    const runs = Array.from({ length: 5 }, () =>
        spawnSync(bench, ['load', program, join(dir, name)], { encoding: 'utf8' }));
    if (runs.some((r) => r.status !== 0)) {
        console.log(`check ${name}: refused`);
        continue;
    }
    const figures = runs.map((r) => r.stdout.split(' ').map(Number));
    console.log(`check ${basename(name)}: ${Math.min(...figures.map((f) => f[0])).toFixed(0)} ms (best of 5), ` +
        `${(Math.max(...figures.map((f) => f[1])) / 1024).toFixed(1)} MB`);
}
