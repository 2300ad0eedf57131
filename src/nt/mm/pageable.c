/* Pageable sections of driver images (EXE-016, EXE-702, EXE-764). They are always in memory here; with the border's hooks on they are
 * taken away whenever a driver raises to DISPATCH_LEVEL or is called there, as Driver Verifier's forced IRQL checking does. Who touches one
 * below DISPATCH_LEVEL gets it back without noticing (mm_page_in, from the fault handler); who touches it above is stopped with 0xD3.
 *
 * A section's `locks` and `away` change under the lock, but for mm_page_in, which may only make it present. What another processor does
 * meanwhile can hide a mistake, as on Windows, and never invents one. */
#include "ddi/guest.h"
#include "image/image.h"
#include "pool_private.h"

static struct sched_lock lock;

static struct img_section *section_of(ULONG_PTR address, struct img_image **image)
{
    *image = img_find(address);
    return *image && !(*image)->unloaded ? (struct img_section *)img_section_of(*image, address) : NULL;
}

static void bring_back(struct img_image *image, struct img_section *s)
{
    if (__atomic_exchange_n(&s->away, false, __ATOMIC_ACQ_REL))
        img_section_present(image, s, true);
}

/* What unwinding reads stays: a report is made at any IRQL. */
static bool has_unwind_data(const struct img_image *image, const struct img_section *s)
{
    const struct img_function *table = image->functions;
    const uint8_t *at = image->base + s->rva;

    if (!image->function_count)
        return false;
    return (uint64_t)((const uint8_t *)table - at) < s->bytes || table->unwind - s->rva < s->bytes || table[image->function_count - 1].unwind - s->rva < s->bytes;
}

/* The calling thread has come to DISPATCH_LEVEL. */
void mm_page_out(void)
{
    if (!__atomic_load_n(&mm_present_ones, __ATOMIC_RELAXED) || !__atomic_exchange_n(&mm_present_ones, 0, __ATOMIC_ACQ_REL))
        return;
    sched_lock(&lock);
    for (struct img_image *image = img_first(); image; image = image->next)
        for (unsigned i = 0; !image->unloaded && i < image->section_count; i++) {
            struct img_section *s = &image->sections[i];

            if (s->pageable && !s->locks && !s->discardable && !s->away) {
                __atomic_store_n(&s->away, true, __ATOMIC_RELEASE); /* first: a fault by another processor finds the reason */
                img_section_present(image, s, false);
            }
        }
    sched_unlock(&lock);
    pool_page_out();
}

/* Signal context, no lock: makes the section present again if it is one that was taken away. */
bool mm_page_in(uint64_t address, bool is_execute)
{
    struct img_image *image;
    struct img_section *s = section_of(address, &image);

    if (pool_page_in(address, is_execute))
        return true;
    if (!s || !s->pageable || !__atomic_load_n(&s->away, __ATOMIC_ACQUIRE))
        return false;
    __atomic_store_n(&mm_present_ones, 1, __ATOMIC_RELEASE);
    bring_back(image, s);
    return true;
}

void mm_image_loaded(void)
{
    __atomic_store_n(&mm_present_ones, 1, __ATOMIC_RELEASE);
}

PVOID NTAPI MmLockPagableDataSection(PVOID AddressWithinSection)
{
    struct img_image *image;
    struct img_section *s = section_of((ULONG_PTR)AddressWithinSection, &image);

    if (!s)
        guest_bugcheck(0x1A, 0x1234, (ULONG64)(ULONG_PTR)AddressWithinSection, 0, 0, "MmLockPagableDataSection(%p): no driver image has a section there",
                       AddressWithinSection);
    MmLockPagableSectionByHandle(s);
    return s;
}

/* A handle that is none has no section behind it; found by looking at all of them. */
static struct img_section *check_handle(PVOID handle, const char *name, struct img_image **owner)
{
    for (struct img_image *image = img_first(); image; image = image->next)
        if ((struct img_section *)handle >= image->sections && (struct img_section *)handle < image->sections + image->section_count) {
            *owner = image;
            return handle;
        }
    guest_bugcheck(0x1A, 0x1010, (ULONG64)(ULONG_PTR)handle, 0, 0, "%s(%p): this is no handle of a section", name, handle);
}

VOID NTAPI MmLockPagableSectionByHandle(PVOID ImageSectionHandle)
{
    struct img_image *image;
    struct img_section *s = check_handle(ImageSectionHandle, "MmLockPagableSectionByHandle", &image);

    sched_lock(&lock);
    s->locks++;
    bring_back(image, s);
    sched_unlock(&lock);
}

VOID NTAPI MmUnlockPagableImageSection(PVOID ImageSectionHandle)
{
    struct img_image *image;
    struct img_section *s = check_handle(ImageSectionHandle, "MmUnlockPagableImageSection", &image);
    bool balanced;

    sched_lock(&lock);
    balanced = s->locks != 0;
    if (balanced)
        s->locks--;
    sched_unlock(&lock);
    if (!balanced)
        guest_bugcheck(0x1A, 0x1010, (ULONG64)(ULONG_PTR)s, 0, 0, "MmUnlockPagableImageSection: section %s of %s is not locked", s->name, image->name);
    mm_image_loaded();
}

static void set_paging(struct img_image *image, bool all)
{
    sched_lock(&lock);
    for (unsigned i = 0; i < image->section_count; i++) {
        struct img_section *s = &image->sections[i];

        s->pageable = !__builtin_memcmp(s->name, "PAGE", 4) || (all && !s->discardable && !has_unwind_data(image, s));
        if (!s->pageable)
            bring_back(image, s);
    }
    sched_unlock(&lock);
    mm_image_loaded();
}

PVOID NTAPI MmPageEntireDriver(PVOID AddressWithinSection)
{
    struct img_image *image;

    if (!section_of((ULONG_PTR)AddressWithinSection, &image))
        return NULL;
    set_paging(image, true);
    return image->base;
}

VOID NTAPI MmResetDriverPaging(PVOID AddressWithinSection)
{
    struct img_image *image;

    if (section_of((ULONG_PTR)AddressWithinSection, &image))
        set_paging(image, false);
}
