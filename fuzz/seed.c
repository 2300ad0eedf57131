/* seed FILE: writes the correct image that the fuzzer starts from. */
#include <stdio.h>

#include "pe_build.h"

int main(int argc, char **argv)
{
    struct pe_built pe;
    FILE *out = argc == 2 ? fopen(argv[1], "wb") : NULL;

    if (!out) {
        fprintf(stderr, "seed FILE\n");
        return 2;
    }
    pe_build_full(&pe);
    return fwrite(pe.file, 1, pe.bytes, out) == pe.bytes && !fclose(out) ? 0 : 1;
}
