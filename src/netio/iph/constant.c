/* Well-known addresses that drivers import as data (IPH-094). The values are the IETF's: RFC 1122, 3376, 3927, 4291, 4380. libc has two of the names
 * too, with the same bytes; in this process both are these. */
#include "netio/iph/iph_private.h"

#include "mstcpip.h"

const IN_ADDR in4addr_any = {{{0, 0, 0, 0}}};
const IN_ADDR in4addr_loopback = {{{127, 0, 0, 1}}};
const IN_ADDR in4addr_broadcast = {{{255, 255, 255, 255}}};
const IN_ADDR in4addr_allnodesonlink = {{{224, 0, 0, 1}}};
const IN_ADDR in4addr_allroutersonlink = {{{224, 0, 0, 2}}};
const IN_ADDR in4addr_alligmpv3routersonlink = {{{224, 0, 0, 22}}};
const IN_ADDR in4addr_allteredohostsonlink = {{{224, 0, 0, 253}}};
const IN_ADDR in4addr_linklocalprefix = {{{169, 254, 0, 0}}};
const IN_ADDR in4addr_multicastprefix = {{{224, 0, 0, 0}}};

const IN6_ADDR in6addr_any = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
const IN6_ADDR in6addr_loopback = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
const IN6_ADDR in6addr_allnodesonnode = {{{0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
const IN6_ADDR in6addr_allnodesonlink = {{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
const IN6_ADDR in6addr_allroutersonlink = {{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}};
const IN6_ADDR in6addr_allmldv2routersonlink = {{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16}}};
const IN6_ADDR in6addr_teredoinitiallinklocaladdress = {{{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}}};
const IN6_ADDR in6addr_linklocalprefix = {{{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
const IN6_ADDR in6addr_multicastprefix = {{{0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
const IN6_ADDR in6addr_solicitednodemulticastprefix = {{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0}}};
const IN6_ADDR in6addr_v4mappedprefix = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}}};
const IN6_ADDR in6addr_6to4prefix = {{{0x20, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
const IN6_ADDR in6addr_teredoprefix = {{{0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
const IN6_ADDR in6addr_teredoprefix_old = {{{0x3f, 0xfe, 0x83, 0x1f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
