/* Rows of docs/spec/iphelper.md that are known to be missing. */
#include "iph_kit.h"

TODO_ROW(IPH_008, "there is no NDIS yet: no miniport can appear");
TODO_ROW(IPH_035, "the tentative state of IPv4 is not shown: Linux has none");
TODO_ROW(IPH_040, "NotifyStableUnicastIpAddressTable is not there");
TODO_ROW(IPH_041, "anycast addresses are not there");
TODO_ROW(IPH_042, "anycast addresses are not there");
TODO_ROW(IPH_043, "multicast addresses are not there");
TODO_ROW(IPH_054, "CreateSortedAddressPairs is not there");
TODO_ROW(IPH_059, "ResolveIpNetEntry2 is not there");
TODO_ROW(IPH_061, "the path functions are not there");
TODO_ROW(IPH_062, "the path functions are not there");
TODO_ROW(IPH_063, "the path functions are not there");
TODO_ROW(IPH_067, "Teredo functions are not there");
TODO_ROW(IPH_068, "Teredo functions are not there");
TODO_ROW(IPH_069, "there is no device Nsi");
TODO_ROW(IPH_076, "no test holds a lock that its callback wants");
TODO_ROW(IPH_079, "the finding after ten seconds is there; no test waits for it");
TODO_ROW(IPH_082, "the row is overwritten after the call; a use of it is no finding");
TODO_ROW(IPH_083, "a callback that blocks for long is not told of");
TODO_ROW(IPH_104, "there is no NDIS yet");
