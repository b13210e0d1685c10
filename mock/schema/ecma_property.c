#include "schema/ecma_set.h"

/* General categories: PCRE2 knows only the short names. */
static const struct {
    const char *brief, *full;
} categories[] = {
    { "L", "Letter" },
    { "L&", "Cased_Letter" },
    { "Lu", "Uppercase_Letter" },
    { "Ll", "Lowercase_Letter" },
    { "Lt", "Titlecase_Letter" },
    { "Lm", "Modifier_Letter" },
    { "Lo", "Other_Letter" },
    { "M", "Mark" },
    { "M", "Combining_Mark" },
    { "Mn", "Nonspacing_Mark" },
    { "Mc", "Spacing_Mark" },
    { "Me", "Enclosing_Mark" },
    { "N", "Number" },
    { "Nd", "Decimal_Number" },
    { "Nd", "digit" },
    { "Nl", "Letter_Number" },
    { "No", "Other_Number" },
    { "P", "Punctuation" },
    { "P", "punct" },
    { "Pc", "Connector_Punctuation" },
    { "Pd", "Dash_Punctuation" },
    { "Ps", "Open_Punctuation" },
    { "Pe", "Close_Punctuation" },
    { "Pi", "Initial_Punctuation" },
    { "Pf", "Final_Punctuation" },
    { "Po", "Other_Punctuation" },
    { "S", "Symbol" },
    { "Sm", "Math_Symbol" },
    { "Sc", "Currency_Symbol" },
    { "Sk", "Modifier_Symbol" },
    { "So", "Other_Symbol" },
    { "Z", "Separator" },
    { "Zs", "Space_Separator" },
    { "Zl", "Line_Separator" },
    { "Zp", "Paragraph_Separator" },
    { "C", "Other" },
    { "Cc", "Control" },
    { "Cc", "cntrl" },
    { "Cf", "Format" },
    { "Cs", "Surrogate" },
    { "Co", "Private_Use" },
    { "Cn", "Unassigned" },
};

/* The binary properties of ECMA-262 (table 69) and their short names. PCRE2 knows them
 * all, but also script names without `Script=`, which ECMA refuses: hence a list. */
static const char binary[] =
    " ASCII ASCII_Hex_Digit AHex Alphabetic Alpha Any Bidi_Control Bidi_C "
    "Bidi_Mirrored Bidi_M Case_Ignorable CI Cased Changes_When_Casefolded CWCF "
    "Changes_When_Casemapped CWCM Changes_When_Lowercased CWL "
    "Changes_When_Titlecased CWT Changes_When_Uppercased CWU Dash "
    "Default_Ignorable_Code_Point DI Deprecated Dep Diacritic Dia Emoji "
    "Emoji_Component EComp Emoji_Modifier EMod Emoji_Modifier_Base EBase "
    "Emoji_Presentation EPres Extended_Pictographic ExtPict Extender Ext "
    "Grapheme_Base Gr_Base Grapheme_Extend Gr_Ext Hex_Digit Hex "
    "IDS_Binary_Operator IDSB IDS_Trinary_Operator IDST ID_Continue IDC ID_Start "
    "IDS Ideographic Ideo Join_Control Join_C Logical_Order_Exception LOE Lowercase "
    "Lower Math Noncharacter_Code_Point NChar Pattern_Syntax Pat_Syn "
    "Pattern_White_Space Pat_WS Quotation_Mark QMark Radical Regional_Indicator RI "
    "Sentence_Terminal STerm Soft_Dotted SD Terminal_Punctuation Term "
    "Unified_Ideograph UIdeo Uppercase Upper Variation_Selector VS White_Space space "
    "XID_Continue XIDC XID_Start XIDS ";

static const char *category_of(struct str name)
{
    if (str_is(name, "LC"))
        return "L&";
    for (size_t i = 0; i < COUNT(categories); i++)
        if (str_is(name, categories[i].full) || str_is(name, categories[i].brief))
            return categories[i].brief;
    return NULL;
}

static bool plain_name(struct str name)
{
    if (!name.len || name.ptr[0] < 'A' || name.ptr[0] > 'Z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '_')
            return false;
    }
    return true;
}

static bool binary_name(struct str name, struct arena *arena)
{
    /* Spaces around it, so that no name is found inside a longer one. */
    return name.len && !memchr(name.ptr, ' ', name.len) &&
           strstr(binary, arena_printf(arena, " %.*s ", (int)name.len, name.ptr));
}

const char *ecma_property(struct str text, bool *negated, struct arena *arena)
{
    struct str value = text, name;
    *negated = false;
    if (text.len > 64)
        return NULL;
    str_split(&value, '=', &name);
    if (value.ptr) {
        bool scx = str_is(name, "Script_Extensions") || str_is(name, "scx");
        if (str_is(name, "General_Category") || str_is(name, "gc")) {
            const char *category = category_of(value);
            return category ? arena_printf(arena, "{%s}", category) : NULL;
        }
        /* PCRE2 takes a bare script name for Script_Extensions. */
        if (!plain_name(value) ||
            !(scx || str_is(name, "Script") || str_is(name, "sc")))
            return NULL;
        return arena_printf(arena, "{%s:%.*s}", scx ? "scx" : "sc", (int)value.len,
                            value.ptr);
    }
    const char *category = category_of(name);
    if (category)
        return arena_printf(arena, "{%s}", category);
    if (str_is(name, "Assigned")) {
        *negated = true;
        return "{Cn}";
    }
    if (!binary_name(name, arena))
        return NULL;
    return arena_printf(arena, "{%.*s}", (int)name.len, name.ptr);
}
