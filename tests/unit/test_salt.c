/* A client that has read str_hash can write names and values of one hash. They must not
 * cost more than others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "../support/cost.h"
#include "../support/schemas.h"
#include "../support/stage.h"
#include "../support/text.h"
#include "base/chance.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/patch.h"
#include "schema/schema.h"

/* ---- texts of one hash ---- */

enum { NAME = 16 };

struct name {
    char text[NAME + 1];
};

/* What undoes h ^= h >> bits, and a multiplication by an odd number. */
static uint64_t unshift(uint64_t h, unsigned bits)
{
    uint64_t x = h;
    for (unsigned done = bits; done < 64; done += bits)
        x = h ^ x >> bits;
    return x;
}

static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd;
    for (int i = 0; i < 6; i++)
        x *= 2 - odd * x;
    return x;
}

static bool is_printable(uint64_t word)
{
    for (int i = 0; i < 8; i++, word >>= 8) {
        char c = (char)(word & 0xff);
        if (c < ' ' || c > '~' || c == '"' || c == '\\')
            return false;
    }
    return true;
}

/* Sixteen characters at random; with alike, such that str_hash is the same for all: the
 * first eight are any, the others lead from there to where the hash shall end. */
static struct name make_name(struct chance *c, bool alike)
{
    static const uint64_t times = 0xbf58476d1ce4e5b9ull, end = 0x123456789abcdefull;
    uint64_t first, second;
    struct name name = { "" };
    do {
        first = (chance_next(c) & 0x3f3f3f3f3f3f3f3full) + 0x2323232323232323ull;
        uint64_t h = ((0x9e3779b97f4a7c15ull ^ NAME) ^ first) * times;
        h ^= h >> 29;
        second = alike ? h ^ unshift(end, 29) * inverse(times) : first;
    } while (!is_printable(first) || !is_printable(second));
    memcpy(name.text, &first, 8);
    memcpy(name.text + 8, &second, 8);
    return name;
}

static const struct name *make_names(struct arena *a, bool alike, size_t count)
{
    struct chance c = { 7 };
    struct name *list = arena_array(a, struct name, count);
    for (size_t i = 0; i < count; i++)
        list[i] = make_name(&c, alike);
    return list;
}

/* What stands around names: [A,B,…]. */
struct around {
    const char *all, *each, *behind_each, *behind_all;
};

static struct str names_in(struct arena *a, const struct name *names, size_t count,
                           const struct around *text)
{
    struct buffer b = buffer_in(a, LIMIT_FILE_BYTES);
    buffer_add_text(&b, text->all);
    for (size_t i = 0; i < count; i++) {
        buffer_add_text(&b, i ? "," : "");
        buffer_add_text(&b, text->each);
        buffer_add_text(&b, names[i].text);
        buffer_add_text(&b, text->behind_each);
    }
    buffer_add_text(&b, text->behind_all);
    return buffer_str(&b);
}

/* ---- the hash ---- */

static uint64_t of_library(EVP_MAC_CTX *mac, const struct salt *s, struct str text)
{
    size_t size = 8, len;
    unsigned rounds[] = { 1, 3 };
    unsigned char out[8];
    uint64_t hash;
    OSSL_PARAM params[] = { OSSL_PARAM_size_t(OSSL_MAC_PARAM_SIZE, &size),
                            OSSL_PARAM_uint(OSSL_MAC_PARAM_C_ROUNDS, &rounds[0]),
                            OSSL_PARAM_uint(OSSL_MAC_PARAM_D_ROUNDS, &rounds[1]),
                            OSSL_PARAM_END };
    assert_int_equal(
        EVP_MAC_init(mac, (const unsigned char *)s->key, sizeof(s->key), params), 1);
    assert_int_equal(EVP_MAC_update(mac, (const unsigned char *)text.ptr, text.len), 1);
    assert_int_equal(EVP_MAC_final(mac, out, &len, sizeof(out)), 1);
    memcpy(&hash, out, sizeof(hash));
    return hash;
}

static void the_salted_hash_is_the_siphash_of_the_library(void **state)
{
    static const char text[] =
        "A text that is longer than several words of eight bytes";
    EVP_MAC *kind = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    assert_non_null(kind);
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(kind);
    (void)state;
    for (size_t len = 0; len < sizeof(text); len++) {
        struct salt s = salt_draw();
        struct str part = { text, len };
        if (salt_hash(&s, part) != of_library(mac, &s, part))
            fail_msg("%zu bytes", len);
    }
    EVP_MAC_CTX_free(mac);
    EVP_MAC_free(kind);
}

static void names_of_one_hash_are_told_apart_by_a_salt(void **state)
{
    struct arena *other = arena_new(1024);
    const struct name *names = make_names(*state, true, 1000);
    struct str first = str(names[0].text);
    for (size_t i = 1; i < 1000; i++) {
        struct str one = str(names[i].text);
        assert_int_equal(str_hash(one), str_hash(first));
        assert_int_not_equal(salt_hash(arena_salt(*state), one),
                             salt_hash(arena_salt(*state), first));
    }
    assert_int_not_equal(salt_hash(arena_salt(*state), first),
                         salt_hash(arena_salt(other), first));
    arena_free(other);
}

/* ---- what they cost ---- */

static const cJSON *must_read(struct arena *a, struct str text)
{
    struct json_error why;
    const cJSON *tree = json_read(text, LIMIT_BODY_NODES, a, &why);
    if (!tree)
        fail_msg("%s", why.why);
    return tree;
}

static void read_it(struct arena *a, struct str text)
{
    must_read(a, text);
}

static void look_for_one_twice(struct arena *a, struct str text)
{
    const struct schema *s = must_compile(a, "{\"uniqueItems\":true}", DIALECT_2020_12);
    if (!schema_check(s, must_read(a, text), DIRECTION_NONE, "", a, NULL))
        fail_msg("not all are different");
}

static void merge_it_into_itself(struct arena *a, struct str text)
{
    const cJSON *tree = must_read(a, text);
    assert_int_equal(json_count(patch_merge(tree, tree, a)), json_count(tree));
}

static void import_it(struct arena *a, struct str text)
{
    char program[] = "understudy", serve[] = "serve", spec[] = "tests/data/linear.yaml";
    char *words[] = { program, serve, spec };
    struct request r = { .method = STR("POST"),
                         .path = STR("/__admin/import"),
                         .body = text };
    struct delivery d;
    struct stage stage;
    const char *why;
    r.headers[r.header_count++] =
        (struct header){ STR("Content-Type"), STR("application/json") };
    assert_true(stage_open(&stage, words, COUNT(words), a, &why));
    stage_send(&stage, &r, a, &d);
    if (d.response.status != 204)
        fail_msg("%d %s", d.response.status, d.response.body.ptr);
    stage_done(&stage);
}

enum { NAMES = 20000 };

static double cost_of(void (*what)(struct arena *, struct str),
                      const struct name *names, const struct around *text)
{
    struct arena *a = arena_new(LIMIT_SPEC_MEMORY);
    struct str body = names_in(a, names, NAMES, text);
    double start = thread_seconds();
    what(a, body);
    double cost = thread_seconds() - start;
    arena_free(a);
    return cost;
}

static void names_and_values_of_one_hash_cost_no_more_than_others(void **state)
{
    static const struct {
        const char *what;
        struct around text;
        void (*done)(struct arena *, struct str);
    } rows[] = {
        { "members", { "{", "\"", "\":0", "}" }, read_it },
        { "members of a patch", { "{", "\"", "\":0", "}" }, merge_it_into_itself },
        { "different texts", { "[", "\"", "\"", "]" }, look_for_one_twice },
        { "different arrays", { "[", "[\"", "\"]", "]" }, look_for_one_twice },
        { "different objects", { "[", "{\"", "\":0}", "]" }, look_for_one_twice },
        { "keys of instances",
          { "{\"apis\":{\"linear\":{\"collections\":{\"notes\":[",
            "{\"number\":1,\"id\":\"", "\"}", "]}}}}" },
          import_it },
    };
    const struct name *any = make_names(*state, false, NAMES);
    const struct name *made = make_names(*state, true, NAMES);
    for (size_t i = 0; i < COUNT(rows); i++) {
        double usual = cost_of(rows[i].done, any, &rows[i].text);
        double alike = cost_of(rows[i].done, made, &rows[i].text);
        /* Each name against all others would be some hundred times as much. */
        if (alike > 20 * usual)
            fail_msg("%s: %.3f s, others %.3f s", rows[i].what, alike, usual);
    }
}

static void a_name_that_stands_twice_is_found_among_them(void **state)
{
    static const struct around around = { "{", "\"", "\":0", ",\"a\":0,\"a\":1}" };
    struct str text = names_in(*state, make_names(*state, true, 1000), 1000, &around);
    struct json_error why;
    assert_null(json_read(text, LIMIT_BODY_NODES, *state, &why));
    assert_string_equal(why.why, "the member name \"a\" stands twice");
}

static void a_map_that_was_attacked_has_what_was_put_in(void **state)
{
    enum { MANY = 500 };
    const struct name *names[] = { make_names(*state, false, MANY),
                                   make_names(*state, true, MANY) };
    struct map *m = map_new(*state);
    for (size_t i = 0; i < MANY * 2; i++)
        assert_null(map_put(m, str(names[i % 2][i / 2].text), names + i));
    assert_int_equal(map_count(m), MANY * 2);
    for (size_t i = 0; i < MANY * 2; i++) {
        struct str key, own = str(names[i % 2][i / 2].text);
        void *value;
        assert_ptr_equal(map_get(m, own), names + i);
        assert_true(map_at(m, i, &key, &value));
        assert_true(str_equal(key, own) && value == names + i);
        assert_ptr_equal(map_put(m, key, m), names + i);
    }
    assert_null(map_get(m, STR("other")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_salted_hash_is_the_siphash_of_the_library),
        TEST(names_of_one_hash_are_told_apart_by_a_salt),
        TEST(names_and_values_of_one_hash_cost_no_more_than_others),
        TEST(a_name_that_stands_twice_is_found_among_them),
        TEST(a_map_that_was_attacked_has_what_was_put_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
