/* format_rules.h — the grammars behind format.h: whether a text is one of each.
 *
 * All are whole-text questions, ASCII but for what a quoted RFC allows; C0 80
 * (doc/json.h) is in none of them. Only for format*.c. */
#ifndef SCHEMA_FORMAT_RULES_H
#define SCHEMA_FORMAT_RULES_H

#include "base/str.h"

/* format_time.c: RFC 3339, section 5.6 and appendix A. */
bool format_is_date(struct str text);
bool format_is_time(struct str text);
bool format_is_date_time(struct str text);
bool format_is_duration(struct str text);

/* The local date-time and time of TOML 1.0, and the dates of RFC 9110, 5.6.7. */
bool format_is_time_local(struct str text);
bool format_is_date_time_local(struct str text);
bool format_is_imf_fixdate(struct str text);
bool format_is_http_date(struct str text);

/* format_net.c: RFC 1123 (2.1), 2673 (3.2), 4291 (2.2), 5321 (4.1.2) and 6531 (3.3). An
 * A-label ("xn--…") of a host name has to decode to a label of IDNA2008. */
bool format_is_label(struct str text); /* letters, digits, hyphens */
bool format_is_hostname(struct str text);
bool format_is_ipv4(struct str text);
bool format_is_ipv6(struct str text);
bool format_is_email(struct str text);
bool format_is_idn_email(struct str text);

/* format_idn.c: RFC 5890 (2.3.2.3) and 5891 (4.2). */
bool format_is_a_label(struct str text);
bool format_is_idn_hostname(struct str text);

/* format_uri.c: RFC 3986, appendix A, and RFC 3987, 2.2; format_template.c: RFC 6570.
 */
bool format_is_uri(struct str text);
bool format_is_uri_reference(struct str text);
bool format_is_iri(struct str text);
bool format_is_iri_reference(struct str text);
bool format_is_uri_template(struct str text);

/* format_http.c: RFC 9110, 12.5.1, and RFC 9651, 4.1. */
bool format_is_media_range(struct str text);
bool format_is_sf_string(struct str text);
bool format_is_sf_token(struct str text);
bool format_is_sf_binary(struct str text);
bool format_is_sf_boolean(struct str text);

/* format_text.c: RFC 9562, 4648, 6901, a draft of relative JSON pointers, ECMA-262. The
 * last three and the character want text to end in NUL. */
bool format_is_uuid(struct str text);
bool format_is_base64(struct str text);
bool format_is_base64url(struct str text);
bool format_is_decimal(struct str text);
bool format_is_decimal128(struct str text);
bool format_is_boolean(struct str text);
bool format_is_char(struct str text);
bool format_is_pointer(struct str text);
bool format_is_relative_pointer(struct str text);
bool format_is_regex(struct str text);

#endif
