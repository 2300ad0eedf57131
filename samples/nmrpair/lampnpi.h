/* The Network Programming Interface that lampprov.sys offers and lampcli.sys uses: a lamp, which its client switches. */
#ifndef LAMPNPI_H
#define LAMPNPI_H

#include <ntddk.h>
#include <netioddk.h>

/* {6E8F3C52-51B7-4A0E-9A53-2B1E7C0D9F11} */
static const NPIID LAMP_NPI_ID = {0x6e8f3c52, 0x51b7, 0x4a0e, {0x9a, 0x53, 0x2b, 0x1e, 0x7c, 0x0d, 0x9f, 0x11}};

#define LAMP_VERSION 1

/* The provider's NpiSpecificCharacteristics: what a client may read before it attaches. */
typedef struct _LAMP_PROVIDER_CHARACTERISTICS {
    ULONG LowestVersion, HighestVersion;
} LAMP_PROVIDER_CHARACTERISTICS;

/* Of the provider, for the client. IRQL <= DISPATCH_LEVEL. STATUS_DEVICE_NOT_READY: the binding is being detached. */
typedef NTSTATUS (NTAPI *LAMP_SWITCH)(_In_ PVOID ProviderBindingContext, _In_ BOOLEAN On);

typedef struct _LAMP_PROVIDER_DISPATCH {
    ULONG Version;
    LAMP_SWITCH Switch;
} LAMP_PROVIDER_DISPATCH;

/* Of the client, for the provider: called when the lamp has changed, from inside Switch. IRQL <= DISPATCH_LEVEL. */
typedef VOID (NTAPI *LAMP_CHANGED)(_In_ PVOID ClientBindingContext, _In_ BOOLEAN On);

typedef struct _LAMP_CLIENT_DISPATCH {
    ULONG Version;
    LAMP_CHANGED Changed;
} LAMP_CLIENT_DISPATCH;

#endif
