/* Rows of docs/spec/iphelper.md that are known to be missing. */
#include "iph_kit.h"

TODO_ROW(IPH_008, "there is no NDIS yet: no miniport can appear");
TODO_ROW(IPH_012, "a leaked table is found as leaked pool (EXE-242), with no finding of IP Helper's own");
TODO_ROW(IPH_015, "functions that take a compartment are not there");
TODO_ROW(IPH_020, "GetIfStackTable is not there");
TODO_ROW(IPH_030, "GetIpNetworkConnectionBandwidthEstimates is not there");
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
TODO_ROW(IPH_087, "names in the form ethernet_32768 are not there");
TODO_ROW(IPH_088, "if_nametoindex and if_indextoname are not there");
TODO_ROW(IPH_090, "compartment functions are not there");
TODO_ROW(IPH_091, "Get and SetNetworkInformation are not there");
TODO_ROW(IPH_094, "the data exports in4addr_any and the like are not there");
TODO_ROW(IPH_101, "a length in bytes is not looked for");
TODO_ROW(IPH_103, "if_indextoname is not there");
TODO_ROW(IPH_104, "there is no NDIS yet");
