/* rows.mjs — the schemas and values of `make bench-schema`, the same for both sides: plain
 * JSON Schema 2020-12, values with which it fits and does not. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

/* OpenAPI 3.0 as 2020-12: the two differ in nullable, boolean bounds and where shared
 * schemas live; what only describes is left out. */
function plain(node) {
    if (Array.isArray(node))
        return node.map(plain);
    if (node === null || typeof node !== 'object')
        return node;
    const out = {};
    for (const [name, value] of Object.entries(node)) {
        if (name === '$ref')
            return { $ref: value.replace('#/components/schemas/', '#/$defs/') };
        if (['description', 'example', 'nullable', 'discriminator'].includes(name))
            continue;
        if (name === 'properties')
            out[name] = Object.fromEntries(
                Object.entries(value).map(([key, one]) => [key, plain(one)]));
        else
            out[name] = plain(value);
    }
    if (node.nullable === true && out.type)
        out.type = [out.type, 'null'];
    for (const side of ['Maximum', 'Minimum']) {
        const bound = side.toLowerCase();
        if (out[`exclusive${side}`] === true) {
            out[`exclusive${side}`] = out[bound];
            delete out[bound];
        } else if (out[`exclusive${side}`] === false) {
            delete out[`exclusive${side}`];
        }
    }
    return out;
}

/* The body of an operation of the document, with all that it refers to. */
function body(document, path) {
    const media = document.paths[path].post.requestBody.content['application/json'];
    const schema = plain(media.schema);
    const defs = {}, wanted = [schema];
    while (wanted.length) {
        JSON.stringify(wanted.pop(), (name, value) => {
            const id = name === '$ref' && value.replace('#/$defs/', '');
            if (id && !defs[id]) {
                defs[id] = plain(document.components.schemas[id]);
                wanted.push(defs[id]);
            }
            return value;
        });
    }
    return { ...schema, $defs: defs };
}

function changed(value, change) {
    const copy = structuredClone(value);
    change(copy);
    return copy;
}

function works(document) {
    const valid = {
        type: 'issue',
        title: 'Search is slow when the part has more than a thousand links',
        body: 'Since the last release a search takes four seconds. '.repeat(6),
        applies_to_part: 'don:core:dvrv-us-1:devo/1:feature/1',
        owned_by: ['don:identity:dvrv-us-1:devo/1:devu/1',
                   'don:identity:dvrv-us-1:devo/1:devu/2'],
        reported_by: ['don:identity:dvrv-us-1:devo/1:devu/3'],
        priority: 'p1',
        stage: { name: 'triage' },
        tags: [{ id: 'don:core:dvrv-us-1:devo/1:tag/1', value: 'search' },
               { id: 'don:core:dvrv-us-1:devo/1:tag/2' }],
        external_ref: 'EXT-1043',
        target_close_date: '2026-05-01T00:00:00Z',
    };
    return {
        name: 'works.create',
        schema: body(document, '/works.create'),
        valid,
        invalid: changed(valid, (v) => { v.tags[1].colour = 'red'; }),
    };
}

function links(document) {
    const valid = {
        link_type: 'is_dependent_on',
        source: 'don:core:dvrv-us-1:devo/1:issue/1',
        target: 'don:core:dvrv-us-1:devo/1:ticket/2',
    };
    return {
        name: 'links.create',
        schema: body(document, '/links.create'),
        valid,
        invalid: changed(valid, (v) => { v.link_type = 'is_next_to'; }),
    };
}

function items() {
    const schema = {
        type: 'array',
        maxItems: 5000,
        items: {
            type: 'object',
            required: ['id', 'name', 'price', 'tags'],
            additionalProperties: false,
            properties: {
                id: { type: 'string', format: 'uuid' },
                name: { type: 'string', minLength: 1, maxLength: 80 },
                price: { type: 'number', minimum: 0 },
                quantity: { type: 'integer', minimum: 1, maximum: 1000 },
                code: { type: 'string', pattern: '^[A-Z]{2}-[0-9]+$' },
                status: { enum: ['new', 'open', 'done'] },
                active: { type: 'boolean' },
                tags: { type: 'array', items: { type: 'string' }, maxItems: 10 },
                created: { type: 'string', format: 'date-time' },
            },
        },
    };
    const valid = Array.from({ length: 2000 }, (_, i) => ({
        id: `aaaaaaaa-0000-4000-8000-${String(i).padStart(12, '0')}`,
        name: `Item number ${i}`,
        price: i + 0.25,
        quantity: 1 + i % 1000,
        code: `AB-${i}`,
        status: ['new', 'open', 'done'][i % 3],
        active: i % 2 === 0,
        tags: ['red', 'round'],
        created: '2026-02-03T04:05:06.789Z',
    }));
    return {
        name: '2,000 items',
        schema,
        valid,
        invalid: changed(valid, (v) => { v[1999].price = -1; }),
    };
}

function tree() {
    const schema = {
        $ref: '#/$defs/node',
        $defs: {
            node: {
                type: 'object',
                required: ['value'],
                properties: {
                    value: { type: 'integer' },
                    label: { type: 'string' },
                    children: { type: 'array', items: { $ref: '#/$defs/node' } },
                },
            },
        },
    };
    const grown = (value) => {
        let node = { value, label: 'leaf' };
        for (let level = 0; level < 100; level++)
            node = { value: level, label: `level ${level}`,
                     children: [{ value: 1 }, node, { value: 2, children: [] }] };
        return node;
    };
    return { name: 'deep tree', schema, valid: grown(7), invalid: grown('seven') };
}

function wide() {
    const kinds = [
        [{ type: 'string', maxLength: 40 }, 'some text'],
        [{ type: 'integer', minimum: 0 }, 42],
        [{ type: 'boolean' }, true],
        [{ type: 'number' }, 1.5],
        [{ type: ['string', 'null'] }, null],
        [{ enum: ['small', 'medium', 'large'] }, 'medium'],
    ];
    const properties = {}, valid = {}, required = [];
    for (let i = 0; i < 300; i++) {
        properties[`property_${i}`] = kinds[i % kinds.length][0];
        if (i % 10 === 0)
            required.push(`property_${i}`);
    }
    /* Not in the order of the schema. */
    for (let i = 0, at = 0; i < 300; i++, at = (at + 77) % 300)
        valid[`property_${at}`] = kinds[at % kinds.length][1];
    return {
        name: '300 properties',
        schema: { type: 'object', properties, required, additionalProperties: false },
        valid,
        invalid: changed(valid, (v) => { v.property_157 = -1; }),
    };
}

/* packages is the folder in which node_modules stands. */
export function rows(root, packages) {
    const { parse } = createRequire(`${packages}/`)('yaml');
    const devrev = parse(readFileSync(`${root}/specs/devrev.yaml`, 'utf8'));
    return [works(devrev), links(devrev), items(), tree(), wide()];
}
