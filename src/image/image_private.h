/* Between the files of src/image. */
#ifndef WK_IMAGE_PRIVATE_H
#define WK_IMAGE_PRIVATE_H

#include "image/image.h"
#include "image/pe.h"

/* Fields of a file's tables: at any address. */
typedef uint32_t img_u32 __attribute__((aligned(1)));
typedef uint16_t img_u16 __attribute__((aligned(1)));

enum {
    IMG_STATUS_INVALID_FORMAT = (int)0xC000007B,
    IMG_STATUS_NAME_NOT_FOUND = (int)0xC0000034,
    IMG_STATUS_NO_MEMORY = (int)0xC000009A,
    IMG_STATUS_CHECKSUM = (int)0xC0000221,
    IMG_STATUS_ORDINAL = (int)0xC0000262,
    IMG_STATUS_ENTRYPOINT = (int)0xC0000263,
};

/* What check.c has found good; pointers into the file, copied because a file need not be aligned. */
struct img_headers {
    struct pe_file_header file;
    struct pe_optional optional;
    struct pe_dir dirs[PE_DIR_COUNT];
    struct pe_section sections[IMG_SECTIONS_MAX];
};

/* Fills *error (status, then printf) and returns -WK_EBADIMAGE. error may be NULL. */
int img_fail(struct img_error *error, uint32_t status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* One more line in image->notes; what does not fit is dropped. */
void img_note(struct img_image *image, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `bytes` of the mapped image at rva, NULL when they are not inside it. */
void *img_at(const struct img_image *image, uint32_t rva, uint64_t bytes);
/* A NUL-terminated string of at most `limit` characters at rva, NULL when there is none. */
const char *img_text(const struct img_image *image, uint32_t rva, size_t limit);

bool img_same_name(const char *a, const char *b); /* without case, ASCII */

int img_check(const char *name, const void *data, size_t bytes, struct img_headers *h, struct img_image *image, struct img_error *error);
int img_relocate(struct img_image *image, const struct img_headers *h, struct img_error *error);
int img_set_cookie(struct img_image *image, const struct img_headers *h, struct img_error *error);
int img_bind(struct img_image *image, const struct img_headers *h, struct img_error *error);
/* An export of `image`, by name or (name NULL) by ordinal; forwarders followed while depth > 0. */
void *img_export_at(const struct img_image *image, const char *name, unsigned ordinal, unsigned depth);

void img_patch(struct img_image *image); /* relocated, still writable */
void img_redirect_shared_page(struct img_image *image); /* before img_patch */
/* Is rva, in a section up to `end`, the start of an instruction? Decodes from where one surely begins. */
bool img_is_instruction(const struct img_image *image, uint32_t section_rva, uint32_t end, uint32_t rva);
void img_find_flags(struct img_image *image); /* before CR8 is patched */
int img_patch_protect(struct img_image *image);
void img_patch_free(struct img_image *image);

void img_list_add(struct img_image *image);
/* An image of the list that is being loaded now, by name: a cycle (EXE-013). */
bool img_is_loading(const char *name);

#endif
