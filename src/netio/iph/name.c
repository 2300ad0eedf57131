/* Names of the form ethernet_32768: a word for the LUID's type, and its number (IPH-087, IPH-088). Computed from the LUID alone, in both directions:
 * nobody is asked whether there is such an interface. The words are those that Windows' tools show, "iftype<number>" where none is known [W]. */
#include "netio/iph/iph_private.h"

#include "nt/mm/mm.h"

#define INDEX_MAX 0xFFFFFFu /* NetLuidIndex has 24 bits */

static const struct {
    IFTYPE type;
    const char *word;
} words[] = {{IF_TYPE_OTHER, "other"}, {IF_TYPE_ETHERNET_CSMACD, "ethernet"}, {IF_TYPE_PPP, "ppp"}, {IF_TYPE_SOFTWARE_LOOPBACK, "loopback"},
             {IF_TYPE_IEEE80211, "wireless"}, {IF_TYPE_TUNNEL, "tunnel"}};

SIZE_T iph_room(const char *function, const void *buffer, SIZE_T length, SIZE_T unit, const char *row)
{
    struct mm_pool_block block;
    uint64_t at = (uint64_t)(ULONG_PTR)buffer;
    SIZE_T room;

    if (!mm_pool_find(at, &block) || block.freed)
        return length;
    room = (SIZE_T)(block.address + block.bytes - at) / unit;
    if (length <= room)
        return length;
    guest_finding(row, "%s: the buffer is said to hold %llu characters, its allocation holds %llu: is the length in bytes?", function,
                  (unsigned long long)length, (unsigned long long)room);
    return room;
}

static ULONG put_number(char *out, ULONG n)
{
    char digits[10];
    ULONG count = 0;

    do
        digits[count++] = (char)('0' + n % 10);
    while (n /= 10);
    for (ULONG i = 0; i < count; i++)
        out[i] = digits[count - 1 - i];
    return count;
}

#define NAME_CHARS 32 /* the longest is iftype65535_16777215 */

/* Characters, without the terminator; 0: the LUID is none. */
static ULONG name_of(const NET_LUID *luid, char out[NAME_CHARS])
{
    const char *word = "iftype";
    ULONG length = 0;

    if (luid->Info.Reserved || !luid->Info.IfType)
        return 0;
    for (ULONG i = 0; i < RTL_NUMBER_OF(words); i++) {
        if (words[i].type == luid->Info.IfType)
            word = words[i].word;
    }
    for (const char *c = word; *c; c++)
        out[length++] = *c;
    if (word[0] == 'i')
        length += put_number(out + length, (ULONG)luid->Info.IfType);
    out[length++] = '_';
    length += put_number(out + length, (ULONG)luid->Info.NetLuidIndex);
    out[length] = 0;
    return length;
}

/* A decimal number that fills [from, end): no sign, no more than max. */
static bool number(const char *from, const char *end, ULONG max, ULONG *out)
{
    ULONG n = 0;

    for (const char *c = from; c < end; c++) {
        if (*c < '0' || *c > '9')
            return false;
        n = n * 10 + (ULONG)(*c - '0');
        if (n > max)
            return false;
    }
    *out = n;
    return from < end;
}

static bool is_word(const char *from, ULONG length, const char *word)
{
    ULONG i = 0;

    while (i < length && word[i] && (from[i] | 0x20) == word[i]) /* case does not matter [W] */
        i++;
    return i == length && !word[i];
}

static bool type_of_word(const char *word, ULONG length, ULONG *type)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(words); i++) {
        if (is_word(word, length, words[i].word)) {
            *type = words[i].type;
            return true;
        }
    }
    return length > 6 && is_word(word, 6, "iftype") && number(word + 6, word + length, 0xFFFF, type) && *type;
}

static NTSTATUS parse(const char *name, ULONG length, NET_LUID *luid)
{
    ULONG word = 0, type, index;

    while (word < length && name[word] != '_')
        word++;
    if (word == length || !type_of_word(name, word, &type) || !number(name + word + 1, name + length, INDEX_MAX, &index))
        return STATUS_OBJECT_NAME_INVALID;
    luid->Info.IfType = (UINT16)type;
    luid->Info.NetLuidIndex = index;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ConvertInterfaceLuidToNameA(const NET_LUID *InterfaceLuid, PSTR InterfaceName, SIZE_T Length)
{
    char name[NAME_CHARS];
    ULONG length;

    if (iph_at_wrong_level("ConvertInterfaceLuidToNameA"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid || !InterfaceName)
        return STATUS_INVALID_PARAMETER;
    length = name_of(InterfaceLuid, name);
    if (!length)
        return STATUS_INVALID_PARAMETER;
    if (length >= iph_room("ConvertInterfaceLuidToNameA", InterfaceName, Length, sizeof(CHAR), "IPH-101"))
        return STATUS_NO_MEMORY;
    __builtin_memcpy(InterfaceName, name, length + 1);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ConvertInterfaceLuidToNameW(const NET_LUID *InterfaceLuid, PWSTR InterfaceName, SIZE_T Length)
{
    char name[NAME_CHARS];
    ULONG length;

    if (iph_at_wrong_level("ConvertInterfaceLuidToNameW"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid || !InterfaceName)
        return STATUS_INVALID_PARAMETER;
    length = name_of(InterfaceLuid, name);
    if (!length)
        return STATUS_INVALID_PARAMETER;
    if (length >= iph_room("ConvertInterfaceLuidToNameW", InterfaceName, Length, sizeof(WCHAR), "IPH-101"))
        return STATUS_NO_MEMORY;
    for (ULONG i = 0; i <= length; i++)
        InterfaceName[i] = (WCHAR)(UCHAR)name[i];
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ConvertInterfaceNameToLuidA(const CHAR *InterfaceName, PNET_LUID InterfaceLuid)
{
    ULONG length = 0;

    if (iph_at_wrong_level("ConvertInterfaceNameToLuidA"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid)
        return STATUS_INVALID_PARAMETER;
    InterfaceLuid->Value = 0;
    if (!InterfaceName)
        return STATUS_INVALID_PARAMETER;
    while (length <= NDIS_IF_MAX_STRING_SIZE && InterfaceName[length])
        length++;
    return length > NDIS_IF_MAX_STRING_SIZE ? STATUS_OBJECT_NAME_INVALID : parse(InterfaceName, length, InterfaceLuid);
}

NTSTATUS NTAPI ConvertInterfaceNameToLuidW(const WCHAR *InterfaceName, PNET_LUID InterfaceLuid)
{
    char name[NAME_CHARS];
    ULONG length = 0;

    if (iph_at_wrong_level("ConvertInterfaceNameToLuidW"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid)
        return STATUS_INVALID_PARAMETER;
    InterfaceLuid->Value = 0;
    if (!InterfaceName)
        return STATUS_INVALID_PARAMETER;
    for (; InterfaceName[length]; length++) {
        if (length == NAME_CHARS || InterfaceName[length] > 0x7E)
            return STATUS_OBJECT_NAME_INVALID;
        name[length] = (char)InterfaceName[length];
    }
    return parse(name, length, InterfaceLuid);
}

NET_IFINDEX NTAPI rtl_crt_if_nametoindex(PCSTR InterfaceName)
{
    NET_IFINDEX index = NET_IFINDEX_UNSPECIFIED;
    NET_LUID luid;

    if (NT_SUCCESS(ConvertInterfaceNameToLuidA(InterfaceName, &luid)))
        ConvertInterfaceLuidToIndex(&luid, &index);
    return index;
}

PCHAR NTAPI rtl_crt_if_indextoname(NET_IFINDEX InterfaceIndex, PCHAR InterfaceName)
{
    NET_LUID luid;
    char name[NAME_CHARS];
    ULONG length;

    if (!InterfaceName || !NT_SUCCESS(ConvertInterfaceIndexToLuid(InterfaceIndex, &luid)))
        return NULL;
    length = name_of(&luid, name);
    if (length >= iph_room("if_indextoname", InterfaceName, IF_NAMESIZE, sizeof(CHAR), "IPH-103"))
        return NULL;
    __builtin_memcpy(InterfaceName, name, length + 1);
    return InterfaceName;
}
