/* IP addresses as text (EXE-472), exported by ntoskrnl. Lengths are characters with the terminator; ports are in network byte order. */
#ifndef _IP2STRING_
#define _IP2STRING_

#include "ntdef.h"
#include "ntstatus.h"
#include "inaddr.h"
#include "in6addr.h"

WK_EXTERN_C_BEGIN

/* The result is the terminator's address; S has room for 16 (v4) or 46 (v6) characters. */
DDI(ntoskrnl, "EXE-472", "") PSTR NTAPI RtlIpv4AddressToStringA(_In_ const IN_ADDR *Addr, _Out_ PSTR S);
DDI(ntoskrnl, "EXE-472", "") PWSTR NTAPI RtlIpv4AddressToStringW(_In_ const IN_ADDR *Addr, _Out_ PWSTR S);
DDI(ntoskrnl, "EXE-472", "") PSTR NTAPI RtlIpv6AddressToStringA(_In_ const IN6_ADDR *Addr, _Out_ PSTR S);
DDI(ntoskrnl, "EXE-472", "") PWSTR NTAPI RtlIpv6AddressToStringW(_In_ const IN6_ADDR *Addr, _Out_ PWSTR S);
/* Too short: STATUS_INVALID_PARAMETER and the length that is needed. Port 0 and scope 0 are left out. */
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv4AddressToStringExA(_In_ const IN_ADDR *Address, _In_ USHORT Port, _Out_ PSTR AddressString, _Inout_ PULONG AddressStringLength);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv4AddressToStringExW(_In_ const IN_ADDR *Address, _In_ USHORT Port, _Out_ PWSTR AddressString, _Inout_ PULONG AddressStringLength);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv6AddressToStringExA(_In_ const IN6_ADDR *Address, _In_ ULONG ScopeId, _In_ USHORT Port, _Out_ PSTR AddressString, _Inout_ PULONG AddressStringLength);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv6AddressToStringExW(_In_ const IN6_ADDR *Address, _In_ ULONG ScopeId, _In_ USHORT Port, _Out_ PWSTR AddressString, _Inout_ PULONG AddressStringLength);
/* *Terminator: the first character that is not of the address. Strict: four decimal parts; else one to four, also octal and hexadecimal. */
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv4StringToAddressA(_In_z_ PCSTR S, _In_ BOOLEAN Strict, _Out_ PCSTR *Terminator, _Out_ IN_ADDR *Addr);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv4StringToAddressW(_In_z_ PCWSTR S, _In_ BOOLEAN Strict, _Out_ LPCWSTR *Terminator, _Out_ IN_ADDR *Addr);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv6StringToAddressA(_In_z_ PCSTR S, _Out_ PCSTR *Terminator, _Out_ IN6_ADDR *Addr);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv6StringToAddressW(_In_z_ PCWSTR S, _Out_ PCWSTR *Terminator, _Out_ IN6_ADDR *Addr);
/* The whole string: address, for v6 also in brackets and with %scope, then :port. What is absent is 0. */
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv4StringToAddressExA(_In_z_ PCSTR AddressString, _In_ BOOLEAN Strict, _Out_ IN_ADDR *Address, _Out_ PUSHORT Port);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv4StringToAddressExW(_In_z_ PCWSTR AddressString, _In_ BOOLEAN Strict, _Out_ IN_ADDR *Address, _Out_ PUSHORT Port);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv6StringToAddressExA(_In_z_ PCSTR AddressString, _Out_ IN6_ADDR *Address, _Out_ PULONG ScopeId, _Out_ PUSHORT Port);
DDI(ntoskrnl, "EXE-472", "")
NTSTATUS NTAPI RtlIpv6StringToAddressExW(_In_z_ PCWSTR AddressString, _Out_ IN6_ADDR *Address, _Out_ PULONG ScopeId, _Out_ PUSHORT Port);

/* The names without a letter, as the driver is built. */
#ifdef UNICODE
#define RtlIpv4AddressToString   RtlIpv4AddressToStringW
#define RtlIpv6AddressToString   RtlIpv6AddressToStringW
#define RtlIpv4AddressToStringEx RtlIpv4AddressToStringExW
#define RtlIpv6AddressToStringEx RtlIpv6AddressToStringExW
#define RtlIpv4StringToAddress   RtlIpv4StringToAddressW
#define RtlIpv6StringToAddress   RtlIpv6StringToAddressW
#define RtlIpv4StringToAddressEx RtlIpv4StringToAddressExW
#define RtlIpv6StringToAddressEx RtlIpv6StringToAddressExW
#else
#define RtlIpv4AddressToString   RtlIpv4AddressToStringA
#define RtlIpv6AddressToString   RtlIpv6AddressToStringA
#define RtlIpv4AddressToStringEx RtlIpv4AddressToStringExA
#define RtlIpv6AddressToStringEx RtlIpv6AddressToStringExA
#define RtlIpv4StringToAddress   RtlIpv4StringToAddressA
#define RtlIpv6StringToAddress   RtlIpv6StringToAddressA
#define RtlIpv4StringToAddressEx RtlIpv4StringToAddressExA
#define RtlIpv6StringToAddressEx RtlIpv6StringToAddressExA
#endif

WK_EXTERN_C_END

#endif
