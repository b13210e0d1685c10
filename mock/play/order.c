#include "play/order.h"

#include "doc/number.h"

enum kind { KIND_NUMBER, KIND_STRING, KIND_BOOL, KIND_TREE, KIND_NONE };

static enum kind kind_of(const cJSON *value)
{
    return json_is_number(value)           ? KIND_NUMBER
           : json_is_string(value)         ? KIND_STRING
           : json_is_bool(value)           ? KIND_BOOL
           : !value || json_is_null(value) ? KIND_NONE
                                           : KIND_TREE;
}

int order_compare(const cJSON *a, const cJSON *b)
{
    enum kind x = kind_of(a), y = kind_of(b);
    if (x != y)
        return x < y ? -1 : 1;
    if (x == KIND_NUMBER)
        return number_compare(a, b);
    if (x == KIND_STRING)
        return strcmp(a->valuestring, b->valuestring);
    if (x == KIND_BOOL)
        return (int)json_is_true(a) - (int)json_is_true(b);
    return 0;
}

/* The bits of a double in its order: of a negative one all are turned round, of others
 * the sign. */
static uint64_t double_bits(double d)
{
    const uint64_t sign = (uint64_t)1 << 63;
    uint64_t bits = 0;
    if (d != 0) /* there are two zeros */
        memcpy(&bits, &d, sizeof(bits));
    return bits & sign ? ~bits : bits | sign;
}

/* The first bytes; behind the end of a shorter text are zeros, as strcmp has it. */
uint64_t order_bytes(const char *text)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(bits); i++) {
        bits = bits << 8 | (unsigned char)*text;
        text += *text != '\0';
    }
    return bits;
}

/* So much is left out of a number for them. */
enum { KIND_BITS = 3 };

uint64_t order_number(const cJSON *value)
{
    enum kind kind = kind_of(value);
    uint64_t bits = kind == KIND_NUMBER   ? double_bits(value->valuedouble)
                    : kind == KIND_STRING ? order_bytes(value->valuestring)
                    : kind == KIND_BOOL   ? (uint64_t)json_is_true(value) << KIND_BITS
                                          : 0;
    return (uint64_t)kind << (64 - KIND_BITS) | bits >> KIND_BITS;
}

bool order_exact(const cJSON *value)
{
    const uint64_t left_out = ((uint64_t)1 << KIND_BITS) - 1;
    switch (kind_of(value)) {
    case KIND_NUMBER: /* whose text is kept is more than its double */
        return !value->valuestring && !(double_bits(value->valuedouble) & left_out);
    case KIND_STRING:
        return strnlen(value->valuestring, ORDER_BYTES + 1) <= ORDER_BYTES;
    case KIND_BOOL:
    case KIND_TREE:
    case KIND_NONE:
        break;
    }
    return true;
}
