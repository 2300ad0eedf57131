/* Rows of docs/spec/iphelper.md that are known to be missing. */
#include "iph_kit.h"

TODO_ROW(IPH_008, "there is no NDIS yet: no miniport can appear");
TODO_ROW(IPH_104, "there is no NDIS yet");
