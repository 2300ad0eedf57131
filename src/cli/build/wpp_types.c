/* What the conversions of a WPP message stand for (BLD-078, BLD-079): the C type that is passed, how its bytes are logged,
 * and the name by which a decoder knows it. */
#include "cli/build/wpp.h"

#include <string.h>

static const struct wpp_type known[] = {
    {"d", "int", "", "ItemLong", "", "d"},
    {"i", "int", "", "ItemLong", "d", "d"},
    {"u", "unsigned int", "", "ItemULong", "", "D"},
    {"x", "unsigned int", "", "ItemLong", "", "D"},
    {"X", "unsigned int", "", "ItemLong", "", "D"},
    {"o", "unsigned int", "", "ItemLong", "", "D"},
    {"ld", "long", "", "ItemLong", "d", "l"},
    {"li", "long", "", "ItemLong", "d", "l"},
    {"lu", "unsigned long", "", "ItemULong", "u", "L"},
    {"lx", "unsigned long", "", "ItemLong", "x", "L"},
    {"lX", "unsigned long", "", "ItemLong", "X", "L"},
    {"lo", "unsigned long", "", "ItemLong", "o", "L"},
    {"hd", "short", "", "ItemShort", "d", "h"},
    {"hi", "short", "", "ItemShort", "d", "h"},
    {"hu", "unsigned short", "", "ItemShort", "u", "H"},
    {"hx", "unsigned short", "", "ItemShort", "x", "H"},
    {"hX", "unsigned short", "", "ItemShort", "X", "H"},
    {"hhd", "signed char", "", "ItemChar", "d", "b"},
    {"hhu", "unsigned char", "", "ItemUChar", "u", "B"},
    {"hhx", "unsigned char", "", "ItemUChar", "x", "B"},
    {"hhX", "unsigned char", "", "ItemUChar", "X", "B"},
    {"I64d", "__int64", "", "ItemLongLong", "I64d", "i"},
    {"I64i", "__int64", "", "ItemLongLong", "I64d", "i"},
    {"I64u", "unsigned __int64", "", "ItemULongLong", "I64u", "I"},
    {"I64x", "unsigned __int64", "", "ItemLongLongX", "s", "I"},
    {"I64X", "unsigned __int64", "", "ItemLongLongXX", "s", "I"},
    {"I64o", "unsigned __int64", "", "ItemLongLongO", "s", "I"},
    {"Id", "LONG_PTR", "", "ItemPtr", "p", "q"},
    {"Iu", "ULONG_PTR", "", "ItemPtr", "p", "Q"},
    {"Ix", "ULONG_PTR", "", "ItemPtr", "p", "Q"},
    {"IX", "ULONG_PTR", "", "ItemPtr", "p", "Q"},
    {"p", "const void *", "", "ItemPtr", "p", "P"},
    {"e", "double", "", "ItemDouble", "s", "g"},
    {"f", "double", "", "ItemDouble", "s", "g"},
    {"g", "double", "", "ItemDouble", "s", "g"},
    {"c", "char", "", "ItemChar", "c", "c"},
    {"hc", "char", "", "ItemChar", "c", "c"},
    {"C", "wchar_t", "", "ItemWChar", "C", "C"},
    {"lc", "wchar_t", "", "ItemWChar", "C", "C"},
    {"wc", "wchar_t", "", "ItemWChar", "C", "C"},
    {"s", "const char *", "WPP_LOGASTR", "ItemString", "s", "s"},
    {"hs", "const char *", "WPP_LOGASTR", "ItemString", "s", "s"},
    {"ASTR", "const char *", "WPP_LOGASTR", "ItemString", "s", "s"},
    {"ARSTR", "const char *", "WPP_LOGASTR", "ItemRString", "s", "s"},
    {"S", "const wchar_t *", "WPP_LOGWSTR", "ItemWString", "s", "S"},
    {"ws", "const wchar_t *", "WPP_LOGWSTR", "ItemWString", "s", "S"},
    {"ls", "const wchar_t *", "WPP_LOGWSTR", "ItemWString", "s", "S"},
    {"WSTR", "const wchar_t *", "WPP_LOGWSTR", "ItemWString", "s", "S"},
    {"Z", "PCANSI_STRING", "WPP_LOGPCSTR", "ItemPString", "s", "z"},
    {"z", "PCANSI_STRING", "WPP_LOGPCSTR", "ItemPString", "s", "z"},
    {"CSTR", "PCANSI_STRING", "WPP_LOGPCSTR", "ItemPString", "s", "z"},
    {"ANSTR", "PCANSI_STRING", "WPP_LOGPCSTR", "ItemPString", "s", "z"},
    {"wZ", "PCUNICODE_STRING", "WPP_LOGPUSTR", "ItemPWString", "s", "Z"},
    {"USTR", "PCUNICODE_STRING", "WPP_LOGPUSTR", "ItemPWString", "s", "Z"},
    {"GUID", "LPCGUID", "WPP_LOGPGUID", "ItemGuid", "s", "_guid_"},
    {"CLSID", "LPCGUID", "WPP_LOGPGUID", "ItemCLSID", "s", "_guid_"},
    {"IID", "LPCGUID", "WPP_LOGPGUID", "ItemIID", "s", "_guid_"},
    {"LIBID", "LPCGUID", "WPP_LOGPGUID", "ItemLIBID", "s", "_guid_"},
    {"STATUS", "long", "", "ItemNTSTATUS", "s", "l"},
    {"status", "long", "", "ItemNTSTATUS", "s", "l"},
    {"HRESULT", "long", "", "ItemHRESULT", "s", "l"},
    {"hresult", "long", "", "ItemHRESULT", "s", "l"},
    {"WINERROR", "unsigned long", "", "ItemWINERROR", "s", "L"},
    {"winerr", "unsigned long", "", "ItemWINERROR", "s", "L"},
    {"IPADDR", "unsigned long", "", "ItemIPAddr", "s", "L"},
    {"ipaddr", "unsigned long", "", "ItemIPAddr", "s", "L"},
    {"PORT", "unsigned short", "", "ItemPort", "s", "H"},
    {"port", "unsigned short", "", "ItemPort", "s", "H"},
    {"TIMESTAMP", "__int64", "", "ItemTimestamp", "s", "i"},
    {"TIME", "__int64", "", "ItemTimestamp", "s", "i"},
    {"DATE", "__int64", "", "ItemTimestamp", "s", "i"},
    {"datetime", "__int64", "", "ItemTimestamp", "s", "i"},
    {"delta", "__int64", "", "ItemTimeDelta", "s", "i"},
    {"due", "__int64", "", "ItemTimeDelta", "s", "i"},
    {"WAITTIME", "__int64", "", "ItemWaitTime", "s", "i"},
    {"bool", "long", "", "ItemListLong(false,true)", "s", "l"},
    {"bool8", "unsigned char", "", "ItemListByte(false,true)", "s", "B"},
    {"bool16", "unsigned short", "", "ItemListShort(false,true)", "s", "H"},
    {"BOOLEAN", "unsigned char", "", "ItemListByte(FALSE,TRUE)", "s", "B"},
    {"boolean", "unsigned char", "", "ItemListByte(FALSE,TRUE)", "s", "B"},
    {"irql", "unsigned char", "", "ItemListByte(Low,APC,DPC)", "s", "B"},
    {"sid", "PSID", "WPP_LOGPSID", "ItemSid", "s", "_sid_"},
};

/* What a list or an enumeration is kept in: its name says. */
static void of_item(struct wpp_type *type, const char *item)
{
    bool byte = strstr(item, "Byte") != NULL, small = strstr(item, "Short") != NULL;

    snprintf(type->item, sizeof(type->item), "%s", item);
    snprintf(type->ctype, sizeof(type->ctype), "%s", byte ? "unsigned char" : small ? "unsigned short" : "long");
    snprintf(type->sign, sizeof(type->sign), "%s", byte ? "B" : small ? "H" : "l");
    snprintf(type->format, sizeof(type->format), "s");
    type->macro[0] = 0;
}

const struct wpp_type *build_wpp_type(const struct wpp_config *config, const char *name, struct wpp_type *room)
{
    for (size_t i = config->type_count; i-- > 0;) /* the newest declaration counts */
        if (strcmp(config->types[i].name, name) == 0)
            return &config->types[i];
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    if (strncmp(name, "ItemList", 8) == 0 || strncmp(name, "ItemSet", 7) == 0 || strncmp(name, "ItemEnum", 8) == 0) {
        snprintf(room->name, sizeof(room->name), "%.40s", name);
        of_item(room, name);
        return room;
    }
    return NULL;
}
