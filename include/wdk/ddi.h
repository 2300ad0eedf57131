/* The marks that make a declaration in these headers a DDI.
 *
 * A DDI is declared once, as its annotated prototype. Drivers and the host compile that prototype with the marks gone;
 * tools/ddigen preprocesses it with WK_DDIGEN defined and reads them: module, first spec rows, Microsoft's page. From
 * them come the import library, the resolve table, the thunk, the trace format and `wskit ddi`.
 *
 *   DDI(module, rows, page)       an import: NTSTATUS NTAPI F(...); follows
 *   DDI_CRT(module, rows, page)   an import whose name libc has too: the host's body is rtl_crt_<name> (see WK_CRT)
 *   DDI_SLOT(name, rows, page)    a function in a table that we hand out: typedef R (NTAPI *PFN_X)(...); follows
 *   DDI_CALLBACK(rows, page)      a routine of the driver that we call: typedef R (NTAPI X)(...); follows
 *   DDI_DATA(module, rows, page)  an exported variable: extern T Name; follows
 *   DDI_INLINE(rows, page)        an inline function that the driver carries in itself; its body follows
 *   DDI_MACRO(name, rows, page)   the same as a macro: stands alone, before the #define
 *   DDI_FAMILY(rows, header)      up to DDI_FAMILY_END each inline function Rtl... is a DDI_INLINE: headers whose names are made by macros
 *   DDI_NO_THUNK                  the routine looks at its caller's registers or frame: never called through a thunk
 *   DDI_GAP(text)                 what this DDI does not do yet, shown by `wskit ddi`
 *   DDI_CONSUMES                  on a parameter: the object is the callee's until it completes
 *   DDI_RAISES                    the routine may raise an exception to its caller
 */
#ifndef WK_DDI_H
#define WK_DDI_H

#if defined(WK_DDIGEN)
#define DDI(module, rows, page)      @{ddi import module - rows page@}
#define DDI_CRT(module, rows, page)  @{ddi crt module - rows page@}
#define DDI_SLOT(name, rows, page)   @{ddi slot - name rows page@}
#define DDI_CALLBACK(rows, page)     @{ddi callback - - rows page@}
#define DDI_DATA(module, rows, page) @{ddi data module - rows page@}
#define DDI_INLINE(rows, page)       @{ddi inline - - rows page@}
#define DDI_MACRO(name, rows, page)  @{ddi macro - name rows page@};
#define DDI_FAMILY(rows, header)     @{family rows header@}
#define DDI_FAMILY_END               @{endfamily@}
#define DDI_GAP(text)                @{gap text@}
#define DDI_NO_THUNK                 @{nothunk@}
#define DDI_CONSUMES                 @{consumes@}
#define DDI_RAISES                   @{raises@}
#define WK_SAL(...)                  @{sal __VA_ARGS__@}
#define WK_CRT(name)                 name
#else
#if defined(WK_HOST_NT)
#define DDI(module, rows, page)
#define DDI_CRT(module, rows, page)
#define DDI_DATA(module, rows, page)
#define WK_CRT(name) rtl_crt_##name
#else
#define DDI(module, rows, page)      __declspec(dllimport)
#define DDI_CRT(module, rows, page)
#define DDI_DATA(module, rows, page) __declspec(dllimport)
#define WK_CRT(name) name
#endif
#define DDI_SLOT(name, rows, page)
#define DDI_CALLBACK(rows, page)
#define DDI_INLINE(rows, page)
#define DDI_MACRO(name, rows, page)
#define DDI_FAMILY(rows, header)
#define DDI_FAMILY_END
#define DDI_GAP(text)
#define DDI_NO_THUNK
#define DDI_CONSUMES
#define DDI_RAISES
#define WK_SAL(...)
#endif

#endif
