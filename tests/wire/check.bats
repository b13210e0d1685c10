#!/usr/bin/env bats
# `understudy check --schema S --data D`: the engine alone.

bats_require_minimum_version 1.5.0
load support

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >pet.yaml <<'EOS'
type: object
required: [name, kind]
additionalProperties: false
properties:
  name: { type: string, minLength: 1 }
  kind: { enum: [cat, dog] }
  born: { type: string, format: date }
  owner: { $ref: "#/$defs/person" }
$defs:
  person:
    type: object
    required: [email]
EOS
    echo '{"name": "Ada", "kind": "cat"}' >good.json
    printf '{\n  "nmae": "Ada",\n  "kind": "Cat",\n  "owner": {}\n}\n' >bad.json
}

# says LINE — the output has this line, whole.
says() {
    grep -qxF -- "$1" <<<"$output" && return
    printf 'wanted: %s\nfound:\n%s\n' "$1" "$output"
    return 1
}

@test "values that fit end it with 0, and each is named" {
    echo 'name: Bo' >bo.yaml
    echo 'kind: dog' >>bo.yaml
    run "$program" check --schema pet.yaml --data good.json --data bo.yaml
    [ "$status" -eq 0 ]
    [ "$output" = $'good.json: fits\nbo.yaml: fits' ]
    run "$program" check -q --schema pet.yaml --data good.json
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "a value that does not fit ends it with 1, and every finding has its place in both files" {
    run "$program" check --schema pet.yaml --data good.json --data bad.json
    [ "$status" -eq 1 ]
    says 'good.json: fits'
    says 'bad.json:3:3: /kind: expected one of "cat" or "dog", found "Cat"; did you mean "cat"? (pet.yaml:6:11 enum)'
    says 'bad.json:4:3: /owner: expected the member "email", found nothing (pet.yaml:12:5 required)'
    says 'bad.json:1:1: expected the member "name", found "nmae" instead (pet.yaml:2:1 required)'
    says 'bad.json: does not fit, 3 findings'
}

@test "standard input is read where a file is -, once" {
    run "$program" check --schema pet.yaml --data - <bad.json
    [ "$status" -eq 1 ]
    says 'standard input: does not fit, 3 findings'
    run "$program" check --schema - --data good.json <pet.yaml
    [ "$status" -eq 0 ]
    run "$program" check --schema - --data bad.json <pet.yaml
    says 'bad.json:3:3: /kind: expected one of "cat" or "dog", found "Cat"; did you mean "cat"? (standard input:6:11 enum)'
    run "$program" check --schema - --data - <pet.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"read only once"* ]]
}

@test "a schema of an OpenAPI document is named by its place, and read in the document's dialect" {
    cat >api.yaml <<'EOS'
openapi: 3.0.3
info: { title: A, version: "1" }
paths: {}
components:
  schemas:
    Pet: { type: object, properties: { tag: { type: string, nullable: true }, size: { minimum: 0, exclusiveMinimum: true } } }
EOS
    echo '{"tag": null, "size": 1}' >a.json
    echo '{"tag": null, "size": 0}' >b.json
    run "$program" check --schema api.yaml#/components/schemas/Pet --data a.json
    [ "$status" -eq 0 ]
    run "$program" check --schema api.yaml#/components/schemas/Pet --data b.json
    [ "$status" -eq 1 ]
    says 'b.json:1:15: /size: expected more than 0, found 0 (api.yaml:6:99 exclusiveMinimum)'
    run "$program" check --schema api.yaml --data a.json
    [ "$status" -eq 2 ]
    [[ $output == *"api.yaml#/components/schemas/"* ]]
    run "$program" check --schema api.yaml#/components/schemas/Pte --data a.json
    [ "$status" -eq 2 ]
    [[ $output == *'api.yaml:5:3: '*'did you mean "/components/schemas/Pet"?'* ]]
}

@test "the standard output is one line of JSON for each value" {
    run --separate-stderr "$program" check --schema pet.yaml --data good.json --data bad.json --output flag
    [ "$status" -eq 1 ]
    [ "$output" = $'{"valid":true}\n{"valid":false}' ]
    for form in basic detailed; do
        run --separate-stderr "$program" check --schema pet.yaml -d bad.json --output $form
        [ "$status" -eq 1 ]
        [ "${#lines[@]}" -eq 1 ]
        [ "$(jq -c '[.. | objects | select(.keywordLocation == "/properties/owner/$ref/required") | .instanceLocation]' <<<"$output")" = '["/owner"]' ]
        # Nothing is left out as said already: the slip, and the name that is missing.
        [ "$(jq -c '[.. | objects | select(.error) | select(.error | test("nmae")) | .instanceLocation] | sort' <<<"$output")" = '["","/nmae"]' ]
    done
}

@test "a format is asserted unless it is to be annotated" {
    echo '{"name": "Ada", "kind": "cat", "born": "yesterday"}' >born.json
    run "$program" check --schema pet.yaml --data born.json
    [ "$status" -eq 1 ]
    run "$program" check --schema pet.yaml --data born.json --formats annotate
    [ "$status" -eq 0 ]
    UNDERSTUDY_FORMATS=annotate run "$program" check --schema pet.yaml --data born.json
    [ "$status" -eq 0 ]
}

@test "what cannot be read, or is no schema, ends it with 2 and all mistakes with their places" {
    printf '{"type": "strnig",\n "minLength": -1}' >none.json
    printf '{"a": 1,\n}' >torn.json
    run "$program" check --schema none.json --data torn.json --data missing.json --data good.json
    [ "$status" -eq 2 ]
    [[ $output == *'none.json:1:2: /type: expected one of object,'*', found strnig'* ]]
    [[ $output == *'none.json:2:2: /minLength: expected'* ]]
    [[ $output == *'torn.json:2:1: '* ]]
    [[ $output == *'missing.json: cannot open: '* ]]
    [[ $output != *good.json* ]]
    run "$program" check --schema "$BATS_TEST_TMPDIR" --data good.json
    [ "$status" -eq 2 ]
}

@test "what will not be enforced is said on standard error, and changes no answer" {
    echo '{"minLenght": 3}' >slip.json
    run --separate-stderr "$program" check --schema slip.json --data good.json --output flag
    [ "$status" -eq 0 ]
    [ "$output" = '{"valid":true}' ]
    [[ $stderr == *'warning: slip.json:1:2: '*'did you mean "minLength"?'* ]]
    run "$program" check --schema slip.json --data good.json --strict
    [ "$status" -eq 2 ]
}

@test "words that do not go together end it with 2 and a sentence" {
    for words in "--schema pet.yaml" "--data good.json" "--output basic" \
        "--schema pet.yaml --data good.json --output pretty" \
        "--schema pet.yaml --data good.json --formats maybe" \
        "--schema pet.yaml --data good.json more.yaml"; do
        run "$program" check $words
        [ "$status" -eq 2 ]
        [[ $output == understudy:\ *--help* ]]
    done
}

@test "a schema may be named by its anchor, and refer to files beside it, and to others where they are allowed" {
    mkdir api
    cat >api/api.yaml <<'EOS'
openapi: 3.1.0
info: { title: A, version: "1" }
paths: {}
components:
  schemas:
    Near: { $ref: "near.yaml#/Pet" }
    Far: { $ref: "../pet.yaml" }
    Named: { $anchor: named, required: [name] }
EOS
    printf 'Pet:\n  type: array\n' >api/near.yaml
    run "$program" check --schema api/api.yaml#/components/schemas/Near --data good.json
    [ "$status" -eq 1 ]
    says 'good.json:1:1: expected an array, found an object (api/near.yaml:2:3 type)'
    run "$program" check --schema api/api.yaml#named --data bad.json
    [ "$status" -eq 1 ]
    says 'bad.json:1:1: expected the member "name", found "nmae" instead (api/api.yaml:8:30 required)'
    run "$program" check --schema api/api.yaml#/components/schemas/Far --data good.json
    [ "$status" -eq 2 ]
    [[ $output == *'api/api.yaml:7:12: '*--allow-folder* ]]
    run "$program" check --schema api/api.yaml#/components/schemas/Far --data good.json --allow-folder .
    [ "$status" -eq 0 ]
    run "$program" check --schema api/api.yaml#/components/schemas/Near --data good.json --output basic
    [ "$(jq -r '.errors[0].keywordLocation' <<<"$output")" = '/$ref/type' ]
    [[ $(jq -r '.errors[0].absoluteKeywordLocation' <<<"$output") == file:///*/api/near.yaml#/Pet/type ]]
}

@test "what a schema's \$id makes its neighbours are the files beside it" {
    echo '{"$id": "https://example.com/s/list.json", "items": {"$ref": "item.json"}}' >list.json
    echo '{"$id": "https://example.com/s/item.json", "type": "integer"}' >item.json
    echo '["a"]' >a.json
    run "$program" check --schema list.json --data a.json
    [ "$status" -eq 1 ]
    says 'a.json:1:2: /0: expected an integer, found the string "a" (item.json:1:44 type)'
    run "$program" check --schema list.json --data a.json --output basic
    [ "$(jq -r '.errors[0].absoluteKeywordLocation' <<<"$output")" = 'https://example.com/s/item.json#/type' ]
}

@test "a schema says its own dialect" {
    echo '{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": true}' >draft4.json
    echo 1 >one.json
    run "$program" check --schema draft4.json --data one.json
    [ "$status" -eq 1 ]
    says 'one.json:1:1: expected more than 1, found 1 (draft4.json:1:70 exclusiveMinimum)'
    echo '{"swagger": "2.0"}' >old.json
    run "$program" check --schema old.json --data one.json
    [ "$status" -eq 2 ]
    [[ $output == *"Swagger 2.0"* ]]
}

@test "the schemas that are printed for editors know what fits a behaviour and a scenario" {
    "$program" check --print-schema behaviour >behaviour.json
    "$program" check --print-schema scenario >scenario.json
    run "$program" check --schema behaviour.json \
        --data "$root/fixtures/devrev/behaviour.yaml" --data "$root/fixtures/serial/behaviour.yaml"
    [ "$status" -eq 0 ]
    run "$program" check --schema scenario.json --data "$root/fixtures/scenarios/flaky-network.yaml"
    [ "$status" -eq 0 ]
    printf 'operations:\n  - id: addPet\n    stesp: []\n' >slip.yaml
    run "$program" check --schema behaviour.json --data slip.yaml
    [ "$status" -eq 1 ]
    [[ "$output" == *'slip.yaml:3:5: /operations/0/stesp: '*'did you mean "steps"?'* ]]
    run "$program" check --print-schema seeds
    [ "$status" -eq 2 ]
}
