/* The GUIDs of wdmguid.h, which drivers get from their kit. */
#include "initguid.h"
#include "wdmguid.h"
