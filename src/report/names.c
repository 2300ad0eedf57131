/* What a report says beside the four parameters of a bug check, as its page has them. */
#include "report/report.h"

static const struct {
    uint32_t code;
    const char *meaning;
} bugchecks[] = {
    {0x01, "address of the system call; ThreadApcDisable; 0; 0"},
    {0x0A, "address referenced; IRQL; 0 read, 1 write, 8 execute; address of the instruction"},
    {0x18, "type of the object; the object; 0; reference count"},
    {0x19, "what is wrong; pool block; 0; 0"},
    {0x1E, "exception code; address of the instruction; exception parameters 0 and 1"},
    {0x44, "the IRP; 0; 0; 0"},
    {0x48, "the IRP; cancel routine; 0; 0"},
    {0x4A, "address; IRQL; 0; 0"},
    {0x4E, "what is wrong; depends on it"},
    {0x50, "address referenced; 0 read, 2 write; address of the instruction; 0"},
    {0x76, "0; process; locked pages; 0"},
    {0x7E, "exception code; address of the instruction; exception record; context record"},
    {0x7F, "trap number (8 is a double fault); 0; 0; 0"},
    {0x8E, "exception code; address of the instruction; trap frame; 0"},
    {0x96, "the queue entry; queue; worker thread; work routine"},
    {0xA0, "depends on the first"},
    {0xB8, "current thread; new thread; stack; 0"},
    {0xBE, "address; page table entry; 0; 0"},
    {0xC1, "address; depends on the fourth; 0; reason"},
    {0xC2, "kind of violation; depends on it"},
    {0xC4, "kind of violation; depends on it"},
    {0xC7, "kind of object; address; range of the check"},
    {0xC8, "IRQLs; 0; 0; 0"},
    {0xC9, "kind of violation; depends on it"},
    {0xCC, "address referenced; 0 read, 2 write; address of the instruction; 0"},
    {0xCE, "address referenced; 0 read, 2 write, 16 execute; address of the instruction; 0"},
    {0xD1, "address referenced; IRQL; 0 read, 1 write, 8 execute; address of the instruction"},
    {0xD3, "address referenced; IRQL; 0 read, 1 write; address of the instruction"},
    {0xD5, "address referenced; 0 read, 1 write; address of the instruction; 0"},
    {0xDE, "depends on the first"},
    {0xE2, "0; 0; 0; 0"},
    {0xE3, "the resource; thread; owner table; reason"},
    {0xEA, "thread; depends on it"},
    {0xF7, "cookie found; cookie expected; its complement; 0"},
    {0xFC, "address; page table entry; 0; 0"},
    {0x101, "ticks; 0; processor; 0"},
    {0x133, "0 one DPC, 1 all time at DISPATCH_LEVEL; ticks; limit; 0"},
    {0x139, "2 stack cookie, 3 list entry, 6 guard, ...; trap frame; exception record; 0"},
    {0x13A, "kind of corruption; heap; address; 0"},
};

const char *rep_bugcheck_meaning(uint32_t code)
{
    for (size_t i = 0; i < sizeof(bugchecks) / sizeof(bugchecks[0]); i++)
        if (bugchecks[i].code == code)
            return bugchecks[i].meaning;
    return NULL;
}
