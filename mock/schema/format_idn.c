/* The only file that includes idn2.h. */
#include "doc/json.h"
#include "schema/format_rules.h"

#include <idn2.h>

enum {
    A_LABEL_MOST = 63,          /* RFC 1035, 2.3.4 */
    NAME_MOST = 253,            /* as in format_net.c */
    U_LABEL_MOST = (63 - 4) * 4 /* behind "xn--" each code point takes a character */
};

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

bool format_is_a_label(struct str label)
{
    char copy[A_LABEL_MOST + 1];
    uint8_t *spelled = NULL;
    if (label.len > A_LABEL_MOST)
        return false;
    for (size_t i = 0; i < label.len; i++)
        copy[i] = (char)(label.ptr[i] >= 'A' && label.ptr[i] <= 'Z' ? label.ptr[i] + 32
                                                                    : label.ptr[i]);
    copy[label.len] = '\0';
    /* Registering asks for the contextual rules of RFC 5892, appendix A, where looking
     * up only asks whether there is one. */
    bool ok = idn2_register_u8(NULL, (uint8_t *)copy, &spelled, 0) == IDN2_OK;
    idn2_free(spelled);
    return ok;
}

/* The length of its A-label; 0 when there is none. */
static size_t u_label(struct str label)
{
    char copy[U_LABEL_MOST + 1];
    uint8_t *spelled = NULL;
    if (label.len > U_LABEL_MOST || !utf8_valid(label))
        return 0;
    memcpy(copy, label.ptr, label.len);
    copy[label.len] = '\0';
    size_t len = idn2_register_u8((uint8_t *)copy, NULL, &spelled, 0) == IDN2_OK
                     ? strlen((char *)spelled)
                     : 0;
    idn2_free(spelled);
    return len;
}

static size_t label_length(struct str label)
{
    if (!is_ascii(label))
        return u_label(label);
    /* "??--" with anything but xn is reserved (RFC 5890, 2.3.1). */
    bool hyphens = label.len >= 4 && label.ptr[2] == '-' && label.ptr[3] == '-';
    bool ok = format_is_label(label) && (!hyphens || format_is_a_label(label));
    return ok ? label.len : 0;
}

/* The bytes of a label separator at the start of s (RFC 3490, 3.1), or 0. */
static size_t separator(struct str s)
{
    static const char *const dots[] = { ".", "\xe3\x80\x82", "\xef\xbc\x8e",
                                        "\xef\xbd\xa1" };
    for (size_t i = 0; i < COUNT(dots); i++)
        if (str_starts(s, str(dots[i])))
            return strlen(dots[i]);
    return 0;
}

bool format_is_idn_hostname(struct str text)
{
    size_t total = 0;
    for (;;) {
        size_t end = 0;
        while (end < text.len && !separator(str_from(text, end)))
            end++;
        size_t length = label_length((struct str){ text.ptr, end });
        total += length + 1;
        if (!length || total > NAME_MOST + 1)
            return false;
        if (end == text.len)
            return true;
        text = str_from(text, end + separator(str_from(text, end)));
    }
}
